"""Invitations to scan a code: 扫码, 二维码, 扫一扫, 识别图中码, 收款码. A hint, not an account.

What the code is for (pairing a device, paying outside) is not for this room to say.
Refuses: 取件码, 验证码, 条形码, 防伪码 without the act of scanning.
"""

import re

from nlp_service.recognizers.hit import Hit
from nlp_service.recognizers.reading import Reading

KIND = "qr_hint"
_GATE = re.compile(r"[扫码]|qr|长按")
# Gaps are bounded to four characters, so the work per character is bounded too.
_FORM = re.compile(
    r"(?:扫描?|扫一?下|扫一扫)[^,。!?;取验条\s]{0,5}?(?:二维码|小程序码|收款码|付款码|图中码|图码|码)"
    r"|(?:长按)?识别(?:[^,。!?;取验条号\s]{0,4}?(?:二维码|图中码|图码)|图中?的?码|下方?码)"
    r"|二维码|扫一扫|扫码|扫个码|扫下码|小程序码|收款码|付款码"
    r"|群码|长按识别|长按图片|扫图|qr ?code|qr码"
)


def find(reading: Reading) -> list[Hit]:
    """Hints to scan; the value is the words."""
    text = reading.text
    if not _GATE.search(text):
        return []
    return [_hit(match) for match in _FORM.finditer(text)]


def _hit(match: re.Match[str]) -> Hit:
    return Hit(KIND, match.start(), match.end(), match[0], 0.9, verified=True)
