"""Numbers as people write them, read to a figure (十几, 两三, 一千二, 1.5), and units of days."""

_DIGITS = {"零": 0.0, "〇": 0.0, "半": 0.5, "几": 3.0, "两": 2.0, "俩": 2.0, "仨": 3.0}
_DIGITS |= {han: float(number) for number, han in enumerate("一二三四五六七八九", start=1)}
TENS = {"十": 10.0, "百": 100.0, "千": 1000.0, "k": 1000.0, "万": 10000.0, "w": 10000.0}
DAYS = {"天": 1.0, "周": 7.0, "星期": 7.0, "礼拜": 7.0, "月": 30.0, "年": 365.0}


def read_number(text: str) -> float:
    """Arabic digits, or a Chinese number; 几 is read as three, 两三 as two, 一千二 as 1200."""
    if text[0].isdigit():
        return float(text)
    total = section = 0.0
    digit: float | None = None
    step = 10.0
    for han in text:
        if han in _DIGITS:
            step = 10.0 if han in "零〇" else step
            digit = digit or _DIGITS[han]
        elif TENS[han] >= TENS["万"]:
            total = (total + section + (digit or 0.0) or 1.0) * TENS[han]
            section, digit, step = 0.0, None, TENS[han]
        else:
            section += (digit or 1.0) * TENS[han]
            digit, step = None, TENS[han]
    return total + section + (digit or 0.0) * (step / 10.0)
