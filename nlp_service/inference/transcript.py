"""A talk as one sequence of tokens, so that the encoder reads a message where it was said.

    about (trade, stage, item) + turns --tokenise, cut--> [CLS] [SYSTEM] … [BUYER] … [SEP]

The token of a role speaks for its turn, every other token for its own characters. Training and
run time use this same layout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp_service.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

START, END = "[CLS]", "[SEP]"
ROLE_TOKENS = {
    "buyer": "[BUYER]",
    "merchant": "[MERCHANT]",
    "bot": "[MERCHANT]",
    "system": "[SYSTEM]",
}
# A longer message is read in windows that overlap, so that nothing is cut off silently.
MESSAGE_TOKENS, OVERLAP_TOKENS = 160, 32
# What stands around: enough for eight turns of usual length; long turns are read by both ends.
AROUND_TOKENS, TURN_TOKENS, ABOUT_TOKENS = 120, 48, 24

CATEGORY_WORDS = {
    "apparel": "服装",
    "shoes_bags": "鞋包",
    "beauty": "美妆",
    "food": "食品",
    "fresh": "生鲜",
    "maternal_baby": "母婴",
    "health": "保健医药",
    "digital": "数码",
    "appliance": "家电",
    "furniture": "家具",
    "sports": "运动",
    "books": "图书",
    "toys": "玩具",
    "pets": "宠物",
    "virtual": "虚拟充值",
    "auto": "汽车",
    "jewelry": "珠宝",
    "secondhand": "二手",
    "custom": "定制",
}
STAGE_WORDS = {
    "presale": "售前",
    "ordered": "已下单",
    "shipped": "已发货",
    "delivered": "已收货",
    "aftersale": "售后",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as the models read it."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """One pass of the encoder.

    `ids` `(T,)`. `turns` pairs the place of a role token with the number of its turn. Place
    `first + i` is a token of the judged message and stands for `text[chars[i][0]:chars[i][1]]`.
    """

    ids: tuple[int, ...]
    turns: tuple[tuple[int, int], ...]
    first: int
    chars: tuple[tuple[int, int], ...]

    @property
    def message_place(self) -> int:
        """Where the judged message's role token stands."""
        return self.first - 1


def about(category: str | None, stage: str | None, item: str | None) -> str:
    """Trade, stage and item in words; unknown ones are left out."""
    words = (CATEGORY_WORDS.get(category or ""), STAGE_WORDS.get(stage or ""), item)
    return " ".join(word for word in words if word)


class TranscriptMaker:
    """Lays out talks for one tokenizer. Thread-safe."""

    def __init__(self, tokenizer: "Tokenizer") -> None:
        """Raises ModelError when the tokenizer lacks a role."""
        self._tokenizer = tokenizer
        self._start, self._end = self._id(START), self._id(END)
        self._roles = {role: self._id(token) for role, token in ROLE_TOKENS.items()}

    def windows(self, around: str, turns: Sequence[Said]) -> Iterator[Window]:
        """The last of `turns` is judged; one window unless it is long. Turns before what fits
        are not read (see `earlier`)."""
        message = self._encode(turns[-1].text)
        head, places = self._head(around, turns[:-1])
        head.append(self._roles[turns[-1].role])
        places.append((len(head) - 1, len(turns) - 1))
        step = MESSAGE_TOKENS - OVERLAP_TOKENS
        last = max(len(message.ids) - OVERLAP_TOKENS, 1)
        for at in range(0, last, step):
            part = slice(at, at + MESSAGE_TOKENS)
            yield Window(
                (*head, *message.ids[part], self._end),
                tuple(places),
                len(head),
                tuple(message.offsets[part]),
            )

    def _head(self, around: str, turns: Sequence[Said]) -> tuple[list[int], list[tuple[int, int]]]:
        """Start, what is known of the order, and the latest turns that fit."""
        known = self._encode(around).ids[:ABOUT_TOKENS] if around else []
        ids = [self._start, *([self._roles["system"], *known] if known else [])]
        pieces: list[tuple[int, list[int]]] = []
        room = AROUND_TOKENS
        for number in range(len(turns) - 1, -1, -1):
            piece = self._turn(turns[number])
            room -= len(piece)
            if room < 0:
                break
            pieces.append((number, piece))
        places = []
        for number, piece in reversed(pieces):
            places.append((len(ids), number))
            ids += piece
        return ids, places

    def _turn(self, turn: Said) -> list[int]:
        ids = self._encode(turn.text).ids
        if len(ids) > TURN_TOKENS:
            ids = [*ids[: TURN_TOKENS // 2], *ids[-TURN_TOKENS // 2 :]]
        return [self._roles[turn.role], *ids]

    def _encode(self, text: str) -> "Encoding":
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _id(self, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise ModelError(f"the tokenizer has no {token}; it belongs to another model")
        return int(number)
