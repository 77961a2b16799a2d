from nlp_service.domain import Span
from nlp_service.text.offsets import Draft, Edit, NormalizedText, merged


def draft(raw: str) -> Draft:
    return Draft(raw, range(len(raw)), range(1, len(raw) + 1))


def test_an_edit_of_equal_length_maps_character_for_character() -> None:
    read = draft("加薇芯聊").rewritten([Edit(1, 3, "微信")], [(1, 3)])
    assert read.text == "加微信聊"
    assert list(read.starts) == [0, 1, 2, 3]
    assert read.disguised == (Span(1, 3),)


def test_an_edit_of_other_length_maps_to_the_whole_stretch() -> None:
    read = draft("加vx聊vxx").rewritten([Edit(1, 3, "微"), Edit(4, 7, "微信")])
    assert read.text == "加微聊微信"
    assert list(read.starts) == [0, 1, 3, 4, 4]
    assert list(read.ends) == [1, 3, 4, 7, 7]


def test_a_dropped_stretch_belongs_to_nobody() -> None:
    read = draft("微..信").rewritten([Edit(1, 3, "")])
    assert (read.text, list(read.starts), list(read.ends)) == ("微信", [0, 3], [1, 4])


def test_edits_on_an_edited_draft_lead_back_to_the_raw_text() -> None:
    read = draft("ab微..信").rewritten([Edit(3, 5, "")]).rewritten([Edit(2, 4, "x")], [(2, 4)])
    assert (read.text, list(read.starts), list(read.ends)) == ("abx", [0, 1, 2], [1, 2, 6])
    assert read.disguised == (Span(2, 6),)


def test_an_empty_span_stands_where_it_is_asked_for() -> None:
    read = NormalizedText("a\u200bb", "ab", (0, 2), (1, 3))
    assert read.raw_span(1, 1) == Span(2, 2)
    assert read.raw_span(2, 2) == Span(3, 3)
    assert read.raw_span(0, 2) == Span(0, 3)


def test_merged_joins_what_overlaps_or_touches() -> None:
    spans = [Span(5, 6), Span(0, 2), Span(2, 3), Span(1, 2), Span(7, 9)]
    assert merged(spans) == (Span(0, 3), Span(5, 6), Span(7, 9))
