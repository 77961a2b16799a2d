"""The plots: the same bytes every time, nothing fetched, thresholds and labels in the text."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from nlp_service.domain import Act, Span
from nlp_service.policy.facts import Facts
from nlp_service.policy.loader import load_policy
from nlp_service.training import report_plots
from nlp_service.training.chat_curves import sweep
from nlp_service.training.chat_measures import Bin, Confusion

POLICY = load_policy()
FIGURES: dict[str, float | None] = {"precision": 0.5, "recall": None, "f1": 0.25}
BINS = [Bin(0.1, 0.2, 1, 0.15, 0.0), Bin(0.9, 1.0, 40, 0.97, 0.9)]


def curves() -> str:
    facts = Facts(acts=(Act("insults", None, 0.9, (Span(0, 2),)),))
    found = sweep(POLICY, [(frozenset({"conduct.abuse"}), facts)], thresholds=(0.1, 0.5, 0.95))
    return report_plots.threshold_curves(found, POLICY)


PLOTS: dict[str, Callable[[], str]] = {
    "labels": lambda: report_plots.label_bars([("privacy.contact", FIGURES)]),
    "families": lambda: report_plots.family_bars([("one@1", {"privacy": 0.5, "upsell": None})]),
    "curves": curves,
    "reliability": lambda: report_plots.reliability_plot(BINS, BINS),
    "no labels given": lambda: report_plots.reliability_plot([], []),
    "confusion": lambda: report_plots.confusion_map(
        Confusion(("allow", "privacy"), ((3, 1), (0, 0)))
    ),
}


@pytest.mark.parametrize("name", PLOTS)
def test_plot_is_svg_that_needs_nothing_from_elsewhere(name: str) -> None:
    root = ElementTree.fromstring(PLOTS[name]())
    assert root.tag.endswith("svg")
    for element in root.iter():
        assert all(
            value.startswith(("#", "data:")) for key, value in element.items() if "href" in key
        )


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_numbers_give_the_same_bytes(name: str) -> None:
    assert PLOTS[name]() == PLOTS[name]()


def test_curves_name_the_labels_at_the_policys_thresholds() -> None:
    texts = {text.text for text in ElementTree.fromstring(curves()).iter() if text.text}
    assert {"warn: command", "block: threat", "block: abuse"} <= texts
    assert "conduct" in texts
    assert "privacy" not in texts  # never expected and never given


def test_confusion_shows_counts_that_are_not_zero() -> None:
    texts = [
        text.text
        for text in ElementTree.fromstring(PLOTS["confusion"]()).iter()
        if (text.text or "").strip().isdigit()
    ]
    assert texts == ["3", "1"]
