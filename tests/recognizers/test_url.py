"""Web addresses, and all that only looks like one; hints to scan a code."""

import pytest

from tests.recognizers.tables import Row, entities, found

TABLE: list[Row] = [
    ("https://example.com/a?b=1", ["https://example.com/a?b=1"]),
    ("点http://example.com看看", ["http://example.com"]),
    ("HTTPS://EXAMPLE.COM", ["HTTPS://EXAMPLE.COM"]),
    ("www.example.com", ["www.example.com"]),
    ("www.example.com。", ["www.example.com"]),
    ("https://example.com/a,谢谢", ["https://example.com/a"]),
    ("example.com", ["example.com"]),
    ("去example.cn下单", ["example.cn"]),
    ("shop.example.com.cn/item/1", ["shop.example.com.cn/item/1"]),
    ("t.cn/A6abc", ["t.cn/A6abc"]),
    ("dwz.cn/abc123", ["dwz.cn/abc123"]),
    ("m.tb.cn/h.5abc", ["m.tb.cn/h.5abc"]),
    ("example.top", ["example.top"]),
    ("example.xyz领取", ["example.xyz"]),
    ("example.vip", ["example.vip"]),
    ("example.shop", ["example.shop"]),
    ("example.app", ["example.app"]),
    ("example.cc", ["example.cc"]),
    ("163.com", ["163.com"]),
    ("example.com:8080/x", ["example.com:8080/x"]),
    ("e x a m p l e 点 c o m", ["e x a m p l e 点 c o m"]),
    ("example点com", ["example点com"]),
    ("example。com", ["example。com"]),
    ("example dot com", ["example dot com"]),
    ("t a o b a o 点 c o m", ["t a o b a o 点 c o m"]),
    ("example . com", ["example . com"]),
    ("登录example.com/退款", ["example.com/"]),
    ("3.5", []),
    ("3.5折", []),
    ("说明书.pdf", []),
    ("manual.pdf", []),
    ("版本2.0.1", []),
    ("v2.0.1", []),
    ("abc@qq.com", []),
    ("setup.exe", []),
    ("photo.jpg", []),
    ("1.5kg", []),
    ("约3.5cm", []),
    ("2.0.cc", []),
    ("no.1", []),
    ("8点开门", []),
    ("早上8点com", []),
    ("M.L.XL", []),
    ("ok.好的", []),
    ("12.30发货", []),
    ("asp.net教程", []),
    ("纯棉。net", []),
]
SCANS: list[Row] = [
    ("扫码加我", ["扫码"]),
    ("请扫描下方二维码", ["扫描下方二维码"]),
    ("扫一扫领券", ["扫一扫"]),
    ("识别图中码", ["识别图中码"]),
    ("长按识别二维码", ["长按识别二维码"]),
    ("发您收款码", ["收款码"]),
    ("取件码1234", []),
    ("验证码别告诉别人", []),
    ("M码合适", []),
    ("扫地机器人", []),
    ("尺码表", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_url_table(text: str, expected: list[str]) -> None:
    assert found(text, "url") == expected


@pytest.mark.parametrize(("text", "expected"), SCANS)
def test_qr_hint_table(text: str, expected: list[str]) -> None:
    assert found(text, "qr_hint") == expected


def test_spelled_address_gives_a_plain_value() -> None:
    assert [entity.value for entity in entities("e x a m p l e 点 c o m")] == ["example.com"]


def test_mask_hides_the_host() -> None:
    assert [entity.masked for entity in entities("https://example.com/a")] == ["***.com"]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("点https://item.jd.com/100012.html看看", True),
        ("店铺 shop123.taobao.com 首页", True),
        ("http://jd.com.refund-pay.top/a", False),
        ("https://taobao-refund.com/login", False),
        ("www.jdcom.cn", False),
        ("http://jd.com@evil.top/x", False),
    ],
)
def test_only_a_platforms_own_host_is_verified(text: str, own: bool) -> None:
    urls = [entity for entity in entities(text) if entity.kind == "url"]
    assert [entity.verified for entity in urls] == [own]
