"""The vocabulary of the encoder and its tokenizer: Han one by one, pieces of Latin and digits.

    normalised texts -> characters seen often enough + Latin and digit pieces -> fast tokenizer

No part of it lower-cases with accents, strips controls or adds spaces: that is the normaliser's
business, and cleaning of BERT's kind would drop the private-use marks of entities.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import re2
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer
from transformers import PreTrainedTokenizerFast

from nlp_service.inference.transcript import END, ROLE_TOKENS, START
from nlp_service.text.model_text import MARKS

PAD, UNKNOWN, MASKED = "[PAD]", "[UNK]", "[MASK]"
_SPARE = tuple(f"[unused{number}]" for number in range(8))
_ROLE_TOKENS = tuple(dict.fromkeys(ROLE_TOKENS.values()))
# Their ids are their places here; every id from FIRST_PLAIN_ID on stands for text.
SPECIALS = (PAD, UNKNOWN, START, END, MASKED, *_ROLE_TOKENS, *_SPARE)
FIRST_PLAIN_ID = len(SPECIALS)
MAX_POSITIONS = 512

_PIECE = re2.compile(r"[a-z]+|[0-9]+")
_ANY_PIECE = r"[a-z]+|[0-9]+|."
# All kinds of entities (U+E000 on) and the mark of an unknown kind, seen in the data or not.
_MARKS = tuple(chr(ord(min(MARKS.values())) + number) for number in range(33))
# What service chat is full of and the public data, mostly reviews of the 2010s, hardly has.
_EMOJI = (
    "😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰😗🙂🤗🤩🤔😐😑🙄😏😣😥😮😯😪😫😴😌😛😜😝🤤😒😓😔😕🙃🤑😲🙁😖😞😟😤😢😭"
    "😦😧😨😩🤯😬😰😱🥵😳🤪😡😠🤬😷🤒🤢🤮😇🥳🥺🤭🤫💀💩🙈🙊💋💌💘💝💖💗💓💕💔❤🧡💛💚💙💜🖤💯💢💥💦💤👋👌✌🤞"
    "🤙👈👉👆👇☝👍👎✊👊👏🙌🤝🙏💪👀🌹🌸🌺🌻🌷🍀🍎🎁🎀🎉🎊🏆⭐🌟✨🔥☀🌈⚡❄💰💳💎📱📞☎📷📦🚚🚗🏠⏰✅❌❗❓‼➕➖"
    "🆗🆕🔔🔒🔑🎈🐶🐱🐰🐷🐔🍉🍓🍑☕🍺🍰🎂🈶🈲㊙🉐💬📢🛒🧧"
)


def tokenizer_of(
    texts: Iterable[str], *, size: int = 8192, min_count: int = 5
) -> PreTrainedTokenizerFast:
    """A tokenizer of at most `size` pieces from normalised texts.

    Characters seen at least `min_count` times each have a piece; what room they leave goes to
    Latin and digit pieces.
    """
    singles: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    for text in texts:
        singles.update(text)
        pieces.update(_PIECE.findall(text))
    kept = sorted(c for c, n in singles.items() if n >= min_count and not c.isspace())
    words = dict.fromkeys([*SPECIALS, *_MARKS, *_EMOJI, *kept])
    latin = _latin_pieces(pieces, room=size - len(words), min_count=min_count)
    vocabulary = list(dict.fromkeys([*words, *latin]))[:size]
    return _assembled({piece: number for number, piece in enumerate(vocabulary)})


def load_tokenizer(directory: Path) -> PreTrainedTokenizerFast:
    """The tokenizer that `save_pretrained` wrote into `directory`."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(directory)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    return tokenizer


def _latin_pieces(counts: Counter[str], *, room: int, min_count: int) -> list[str]:
    """Pieces of Latin and digit runs, the commonest first to be joined."""
    model = Tokenizer(WordPiece({}, unk_token=UNKNOWN))
    model.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    # Named beforehand, single letters get the same numbers in every run, and so do all ties;
    # left to itself the trainer draws another vocabulary each time.
    letters = sorted({letter for run in counts for letter in run})
    singles = [*letters, *(f"##{letter}" for letter in letters)]
    trainer = WordPieceTrainer(
        vocab_size=max(room, 1),
        min_frequency=min_count,
        show_progress=False,
        special_tokens=singles,
    )
    often = (run for run, count in counts.items() for _ in range(min(count, 10_000)))
    model.train_from_iterator(often, trainer)
    # The mapping that get_vocab gives has no order; the numbers have.
    ranked: dict[str, int] = json.loads(model.to_str())["model"]["vocab"]
    return sorted(ranked, key=lambda piece: ranked[piece])


def _assembled(vocabulary: dict[str, int]) -> PreTrainedTokenizerFast:
    backend = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=64))
    backend.normalizer = normalizers.Lowercase()
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex(_ANY_PIECE), "isolated")]
    )
    backend.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        pair=f"{START} $A {END} $B:1 {END}:1",
        special_tokens=[(START, vocabulary[START]), (END, vocabulary[END])],
    )
    backend.decoder = decoders.WordPiece(prefix="##", cleanup=False)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        model_max_length=MAX_POSITIONS,
        pad_token=PAD,
        unk_token=UNKNOWN,
        cls_token=START,
        sep_token=END,
        mask_token=MASKED,
        additional_special_tokens=list(_ROLE_TOKENS),
    )
