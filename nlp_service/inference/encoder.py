"""An encoder at run time: an int8 export in ONNX Runtime, one thread, no torch.

    token ids (T,) --onnx session--> logits (T, L)

One session serves all threads.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp_service.errors import ModelError

TOKENIZER, EXPORT = "tokenizer.json", "model.int8.onnx"
IDS, LOGITS = "input_ids", "logits"
Floats = NDArray[np.float32]


class TokenEncoder:
    """Logits for every token of a window. Thread-safe, deterministic."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session = session
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, directory: Path) -> "TokenEncoder":
        """Read `tokenizer.json` and the int8 export of `directory`; raises ModelError."""
        # Imported here: a service with linear models alone does not pay for them.
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(
                str(directory / EXPORT), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(directory / TOKENIZER))
        except Exception as error:
            raise ModelError(f"encoder of {directory.name} cannot be read: {error}") from error
        asked = {one.name for one in session.get_inputs()}
        if asked != {IDS}:
            raise ModelError(
                f"encoder of {directory.name} asks for {', '.join(sorted(asked))}; "
                f"write its graph anew with `nlp-service export`"
            )
        return cls(session, tokenizer)

    def logits(self, ids: Sequence[int]) -> Floats:
        """`(T, L)` for the `(T,)` ids of one window; raises ModelError.

        One window a call: activations are quantised over a whole call, so a neighbour in a batch
        would change an answer, and a batch gains little on a CPU.
        """
        row = np.asarray([ids], np.int64)
        try:
            (found,) = self._session.run([LOGITS], {IDS: row})
        except Exception as error:
            raise ModelError(f"the encoder failed on {len(ids)} tokens: {error}") from error
        return np.asarray(found[0], np.float32)
