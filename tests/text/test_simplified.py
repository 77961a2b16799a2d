import pytest

from nlp_service.text.simplified import to_simplified


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("驗證碼發給我", "验证码发给我"),
        ("轉賬與後臺", "转账与后台"),
        ("頭髮和發貨", "头发和发货"),
        ("瞭解一下", "了解一下"),
        ("登高瞭望", "登高瞭望"),
        ("乾隆年間乾燥", "乾隆年间干燥"),
        ("著名的皇后在后面", "著名的皇后在后面"),
    ],
)
def test_phrases_decide_and_length_holds(text: str, simplified: str) -> None:
    assert to_simplified(text) == simplified
    assert len(simplified) == len(text)
