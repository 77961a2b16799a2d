"""Signatures estimate Jaccard."""

import numpy as np
import pytest

from nlp_service.reviews.together.minhash import BANDS, PERMUTATIONS, band_keys, similarity, sketch


@pytest.mark.parametrize("jaccard", [0.0, 0.3, 0.5, 0.8, 1.0])
def test_agreement_estimates_jaccard(jaccard: float) -> None:
    generator = np.random.default_rng(5)
    size, errors = 60, []
    shared = round(2 * size * jaccard / (1 + jaccard))
    for _ in range(40):
        grams = generator.integers(0, 2**64, 2 * size, dtype=np.uint64)
        one, other = grams[:size], grams[size - shared : 2 * size - shared]
        estimate = similarity(sketch(one).signature, sketch(other).signature)
        errors.append(estimate - shared / (2 * size - shared))
    assert abs(np.mean(errors)) < 0.02
    assert max(map(abs, errors)) < 0.18  # four standard errors


def test_order_of_grams_does_not_matter() -> None:
    grams = np.arange(1, 50, dtype=np.uint64)
    assert (sketch(grams).signature == sketch(grams[::-1]).signature).all()


def test_bands_cut_a_signature_into_keys() -> None:
    signature = sketch(np.arange(9, dtype=np.uint64)).signature
    assert (len(signature), signature.nbytes) == (PERMUTATIONS, 256)
    changed = signature.copy()
    changed[0] += 1
    assert band_keys(signature).shape == (BANDS,)
    assert (band_keys(signature) != band_keys(changed)).sum() == 1
