"""Passports and travel permits."""

import pytest

from tests.recognizers.tables import Row, entities, found

PASSPORTS: list[Row] = [
    ("护照E12345678", ["E12345678"]),
    ("护照号:G12345678", ["G12345678"]),
    ("E12345678", ["E12345678"]),
    ("护照EA1234567", ["EA1234567"]),
    ("护照号码 P1234567", ["P1234567"]),
    ("护照SE1234567", ["SE1234567"]),
    ("EA1234567", []),
    ("P1234567", []),
    ("型号E12345678", []),
    ("货号G12345678", []),
    ("E1234567", []),
    ("E123456789", []),
    ("AE12345678", []),
    ("护照发一下", []),
]
PERMITS: list[Row] = [
    ("港澳通行证C12345678", ["C12345678"]),
    ("通行证号码CA1234567", ["CA1234567"]),
    ("回乡证H12345678", ["H12345678"]),
    ("回乡证H1234567890", ["H1234567890"]),
    ("台湾通行证T12345678", ["T12345678"]),
    ("台胞证12345678", ["12345678"]),
    ("台胞证号:12345678", ["12345678"]),
    ("C12345678", []),
    ("货号C12345678", []),
    ("12345678", []),
    ("通行证带了吗", []),
]


@pytest.mark.parametrize(("text", "expected"), PASSPORTS)
def test_passport_table(text: str, expected: list[str]) -> None:
    assert found(text, "passport") == expected


@pytest.mark.parametrize(("text", "expected"), PERMITS)
def test_permit_table(text: str, expected: list[str]) -> None:
    assert found(text, "permit") == expected


def test_masked_document_hides_the_middle() -> None:
    assert entities("护照E12345678")[0].masked == "E1*****78"
