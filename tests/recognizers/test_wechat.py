"""WeChat accounts: cues, evasions, products and payment ways that are none."""

import pytest

from tests.recognizers.tables import Row, entities, found

TABLE: list[Row] = [
    ("加微信xiaomei_888", ["xiaomei_888"]),
    ("微信:abc_12345", ["abc_12345"]),
    ("微信号是 abc12345哦", ["abc12345"]),
    ("我的微信号:【Shop-2024】", ["Shop-2024"]),
    ("vx:kefu_001", ["kefu_001"]),
    ("VX kefu0001", ["kefu0001"]),
    ("wx号kefu0001", ["kefu0001"]),
    ("加v kefu0001", ["kefu0001"]),
    ("加V:kefu_01领红包", ["kefu_01"]),
    ("v信kefu0001", ["kefu0001"]),
    ("薇信kefu0001", ["kefu0001"]),
    ("威信号kefu0001", ["kefu0001"]),
    ("加卫星kefu0001", ["kefu0001"]),
    ("V❤kefu0001", ["kefu0001"]),
    ("➕微kefu0001", ["kefu0001"]),
    ("weixin:kefu0001", ["kefu0001"]),
    ("wechat id: kefu0001", ["kefu0001"]),
    ("微信搜索kefu0001", ["kefu0001"]),
    ("微信联系kefu0001", ["kefu0001"]),
    ("加我微信哦 kefu0001", ["kefu0001"]),
    ("微信kefu0001", ["kefu0001"]),
    ("wxid_a1b2c3d4e5f6", ["wxid_a1b2c3d4e5f6"]),
    ("微信号:xiaomeidian", ["xiaomeidian"]),
    ("加微信13800138000", ["13800138000"]),
    ("微信同号:13800138000", ["13800138000"]),
    ("加v13800138000", ["13800138000"]),
    ("微信号:12345678", ["12345678"]),
    ("kefu_001是我微信", ["kefu_001"]),
    ("kefu_001 这是客服微信", ["kefu_001"]),
    ("微信支付立减20元", []),
    ("微信支付88888元", []),
    ("微信图标抱枕 a12345款", []),
    ("微信公众号文章", []),
    ("微信 iphone都能用", []),
    ("微信小程序里下单", []),
    ("微信红包10000元", []),
    ("加微信", []),
    ("微信发你", []),
    ("wxabcdefgh", []),
    ("微信:abc12", []),
    ("微信 zhang@qq.com", []),
    ("微信 www.abc123.com", []),
    ("型号vx1000plus", []),
    ("微信群里说的", []),
    ("卫星锅一套12345元", []),
    ("M码和XL码v领", []),
    ("v领连衣裙abc123", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_wechat_table(text: str, expected: list[str]) -> None:
    assert found(text, "wechat") == expected


def test_only_the_first_character_is_shown() -> None:
    assert [entity.masked for entity in entities("加微信xiaomei_888")] == ["x***"]


def test_a_phone_used_as_account_is_masked_as_a_phone() -> None:
    assert [entity.masked for entity in entities("微信13800138000")] == ["138****8000"]


def test_a_phone_without_cue_stays_a_phone() -> None:
    assert found("13800138000微信同号", "mobile") == ["13800138000"]
