"""The report page: figures in it, texts escaped or left out, nothing fetched from elsewhere."""

import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.domain import Message
from nlp_service.policy.facts import Facts
from nlp_service.policy.loader import load_policy
from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_evaluation import Contender, Evaluation, evaluate
from nlp_service.training.chat_html import render
from tests.training.chat_messages import PARCEL, SALARY, WECHAT, record

POLICY = load_policy()
ROOT = Path(__file__).parents[2]
EVIL = "<script>alert('微信')</script>&加我微信私下转账"
TURN = "<b>买家的话</b>"
RECORDS = [
    record(1, SALARY, ["privacy.personal"], ["pair=p1a"]),
    record(2, WECHAT, ["offsite.diversion"], ["evasion"], category="food", stage="presale"),
    # Labelled wrongly on purpose: an error to show.
    record(
        3,
        EVIL,
        [],
        ["hard", "<i>"],
        category="toys",
        item_title="<i>",
        history=[{"role": "buyer", "text": TURN}],
    ),
    record(4, PARCEL, [], ["innocent"], author="x2"),
]


@pytest.fixture(scope="module")
def found() -> Evaluation:
    checker = ChatChecker.load(ROOT / "models", POLICY)
    main = Contender("chat@1", lambda message, _: checker.facts(message), frozenset({"x2"}))
    return evaluate(RECORDS, [main], POLICY, corpus="tiny <corpus>")


@pytest.fixture(scope="module")
def page(found: Evaluation) -> str:
    return render(found)


class Cells(HTMLParser):
    """The rows of all tables as lists of words."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip().replace("\u00a0", " ")


def rows_of(page: str) -> dict[str, list[str]]:
    """The first row with each name."""
    cells = Cells()
    cells.feed(page)
    return {row[0]: row[1:] for row in reversed(cells.rows) if row}


def test_headline_has_every_system_side_by_side(page: str) -> None:
    rows = rows_of(page)
    assert "keyword filter" in page
    assert "chat@1 without context" in page
    assert rows["micro F1"][:2] == ["80.0 %", "50.0 %"]
    assert rows["false alarms on compliant"][0] == "50.0 %"
    assert rows["wrong blocks on compliant"][0] == "50.0 %"
    assert rows["evasion recall"] == ["100.0 %"] * 4
    assert rows["pairs both right"] == ["–"] * 4
    assert rows["action accuracy"][0] == "75.0 %"
    assert rows["expected calibration error"][1] == "–"


def test_labels_stand_with_figures_and_the_policys_threshold(page: str) -> None:
    row = rows_of(page)["offsite.diversion"]
    assert row[:7] == ["站外引流", "block", "50.0 %", "100.0 %", "66.7 %", "1", "0.50"]


def test_slices_hold_trade_stage_author_kind_and_history(page: str) -> None:
    rows = rows_of(page)
    assert rows["food"][:4] == ["1", "1", "0", "100.0 %"]
    assert rows["presale"][0] == rows["evasion"][0] == rows["hard"][0] == rows["1-2"][0] == "1"
    assert rows["x1"][0] == "3"
    assert rows["hard"][6] == "100.0 %"


def test_texts_and_names_are_escaped(page: str) -> None:
    assert "&lt;script&gt;alert(&#39;微信&#39;)&lt;/script&gt;&amp;加我" in page
    assert "&lt;b&gt;买家的话" in page
    assert "tiny &lt;corpus&gt;" in page
    cells = Cells()
    cells.feed(page)
    assert not cells.tags & {"script", "i", "corpus", "link", "iframe"}


def test_page_fetches_nothing(page: str) -> None:
    assert re.findall(r"https?://", page) == []
    sources = re.findall(r'src="([^"]+)"', page)
    assert len(sources) == 5
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert "url(" not in page
    assert "@import" not in page


def test_thresholds_of_the_policy_are_marked_in_the_plot(page: str) -> None:
    plots = [b64decode(code).decode("utf-8") for code in re.findall(r'base64,([^"]+)"', page)]
    marked = [plot for plot in plots if "block: diversion" in plot]
    assert len(marked) == 1
    assert "warn: contact" in marked[0]
    assert "warn: personal" in marked[0]
    assert rows_of(page)["privacy"][0] == "0.40 block, 0.40 warn, 0.50 block, 0.50 warn, 0.60 block"


def test_note_says_what_the_model_was_fitted_on(page: str) -> None:
    assert "chat@1 (25.0\u00a0%)" in page
    unseen = Contender("new@1", nothing_found)
    assert 'class="note"' not in render(evaluate(RECORDS, [unseen], POLICY, corpus="t"))


def nothing_found(_message: Message, _record: Record) -> Facts:
    return Facts()


def test_without_texts_no_word_of_the_corpus_is_in_the_page(found: Evaluation, page: str) -> None:
    bare = render(found, texts=False)
    assert "x1-3" in bare
    assert "Texts are left out" in bare
    for words in ("alert(", "买家的话", "私下转账", "工资多少"):
        assert words not in bare
    assert "私下转账" in page


def test_corpus_of_compliant_messages_alone_makes_a_page() -> None:
    quiet = Contender("quiet@1", nothing_found)
    page = render(evaluate([record(1)], [quiet], POLICY, corpus="one"))
    assert rows_of(page)["false alarms on compliant"][0] == "0.0 %"
    assert "None." in page
