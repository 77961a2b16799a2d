"""E-mail addresses, plain and spelled out."""

import pytest

from tests.recognizers.tables import Row, entities, found

TABLE: list[Row] = [
    ("abc@qq.com", ["abc@qq.com"]),
    ("发到abc@qq.com谢谢", ["abc@qq.com"]),
    ("邮箱:Zhang.San@163.com", ["Zhang.San@163.com"]),
    ("12345678@qq.com", ["12345678@qq.com"]),
    ("13800138000@139.com", ["13800138000@139.com"]),
    ("a_b-c@mail.example.com.cn", ["a_b-c@mail.example.com.cn"]),
    ("abc+tag@gmail.com", ["abc+tag@gmail.com"]),
    ("abc@qq.com,def@qq.com", ["abc@qq.com", "def@qq.com"]),
    ("abc@example.co", ["abc@example.co"]),
    ("邮箱abc@foxmail.com或abc@sina.cn", ["abc@foxmail.com", "abc@sina.cn"]),
    ("abc@QQ.COM", ["abc@QQ.COM"]),
    ("(abc@qq.com)", ["abc@qq.com"]),
    ("<abc@qq.com>", ["abc@qq.com"]),
    ("abc@qq.com", ["abc@qq.com"]),
    ("a1@b2.cn", ["a1@b2.cn"]),
    ("abc#qq.com", ["abc#qq.com"]),
    ("abc艾特qq.com", ["abc艾特qq.com"]),
    ("abc@qq点com", ["abc@qq点com"]),
    ("abc @ qq . com", ["abc @ qq . com"]),
    ("abc艾特163点com", ["abc艾特163点com"]),
    ("123456#qq.com", ["123456#qq.com"]),
    ("发票发service@example.com", ["service@example.com"]),
    ("x%y@example.org", ["x%y@example.org"]),
    ("abc@example.museum", ["abc@example.museum"]),
    ("邮箱是abc@vip.163.com哈", ["abc@vip.163.com"]),
    ("@小明 看下", []),
    ("@qq.com", []),
    ("abc@", []),
    ("abc@qq", []),
    ("3@5", []),
    ("买2@9.9元", []),
    ("abc#123", []),
    ("色号#12.5", []),
    ("qq.com", []),
    ("邮箱发一下", []),
    ("艾特我", []),
    ("12 @ 15.com", []),
    ("a@b.c", []),
    ("微博@某某旗舰店", []),
    ("尺码#xl", []),
    ("#qq.com活动#", []),
    ("http://abc@qq.com/x", []),
    ("邮箱/abc@qq.com", ["abc@qq.com"]),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_email_table(text: str, expected: list[str]) -> None:
    assert found(text, "email") == expected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("abc@qq.com", "a***@qq.com"),
        ("Zhang.San@vip.163.com", "z***@vip.163.com"),
        ("li@qq.com", "***@qq.com"),
        ("a@b.cn", "***@***.cn"),
        ("sales@zhangsan-tea.com", "s***@***.com"),
        ("abc@mail.zhangsan.com.cn", "a***@***.cn"),
        ("abc@qq.com.zhangsan.cn", "a***@***.cn"),
        ("支付宝账号a@zhangsan.cn", "***@***.cn"),
        ("支付宝账号abc@zhangsan.cn", "a***@***.cn"),
    ],
)
def test_mask_shows_no_short_name_and_no_private_host(text: str, masked: str) -> None:
    assert [entity.masked for entity in entities(text)] == [masked]


def test_spelled_out_address_gives_a_plain_value() -> None:
    assert [entity.value for entity in entities("abc艾特163点com")] == ["abc@163.com"]
