import pytest

from nlp_service.batch.columns import check_columns, nested, typed
from nlp_service.errors import MalformedError


def test_dotted_names_become_objects() -> None:
    assert nested({"a.b": 1, "a.c.d": 2, "e": 3}) == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}


@pytest.mark.parametrize(
    "columns",
    [
        ["text", "context", "context.order.flags"],
        ["text", "context.order.flags", "context"],
        ["text", "text.x"],
        ["text", "a.b", "a.b.c.d"],
    ],
)
def test_column_beside_a_part_of_it_is_refused(columns: list[str]) -> None:
    with pytest.raises(MalformedError, match="name the same"):
        check_columns("in.csv", columns)


def test_refusal_names_both_columns_without_control_characters() -> None:
    with pytest.raises(MalformedError) as caught:
        check_columns("in.csv", ["text", "a\x1b", "a\x1b.b"])
    assert "`a?` and `a?.b`" in caught.value.detail


def test_columns_side_by_side_are_fine() -> None:
    check_columns("in.csv", ["text", "order.paid", "order.paid_by", "order.refund.amount", "o"])


@pytest.mark.parametrize(
    ("cell", "number"),
    [("199", 199.0), ("0.5", 0.5), (".5", 0.5), ("1.", 1.0), (" 2 ", 2.0), ("1e2", 100.0)],
)
def test_numbers_are_read(cell: str, number: float) -> None:
    assert typed("order.paid", cell) == number


@pytest.mark.parametrize("cell", ["1_0", "nan", "inf", "\uff15", "0x1", "1,5", "", "1 0", "1\n"])
def test_what_is_no_number_stays_text(cell: str) -> None:
    assert typed("rating", cell) == cell


def test_long_run_of_digits_is_refused_quickly() -> None:
    cell = "1" * 100_000 + "x"
    assert typed("rating", cell) == cell


def test_whole_columns_are_whole_and_amounts_are_not() -> None:
    assert repr(typed("rating", "5.0")) == "5"
    assert repr(typed("order.paid", "5")) == "5.0"
    assert repr(typed("rating", "1e999")) == "inf"


@pytest.mark.parametrize("cell", ["real_name", "[", "[NaN]", "\udcff"])
def test_list_that_is_no_json_is_refused_by_name(cell: str) -> None:
    with pytest.raises(MalformedError, match=r"^context\.history: the cell must be a list"):
        typed("context.history", cell)
