"""Policy files: layers, and errors that name file, key and remedy."""

from pathlib import Path

import pytest

from nlp_service.domain import Act, Action
from nlp_service.errors import ClientError, PolicyError
from nlp_service.policy.engine import judge
from nlp_service.policy.facts import Facts
from nlp_service.policy.inspect import explain, lint, show
from nlp_service.policy.loader import load_policy


def _layer(tmp_path: Path, text: str, name: str = "shop.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_default_policy_has_all_twenty_labels_and_a_clean_lint() -> None:
    policy = load_policy()
    assert policy.id == "default@1"
    assert len(policy.labels) == 20
    assert lint([]) == []


def test_layer_changes_one_action_and_keeps_the_rest(tmp_path: Path) -> None:
    layer = _layer(
        tmp_path,
        "id: shop\nversion: 3\nlabels:\n  privacy.personal:\n    action: block\n",
    )
    policy = load_policy([layer])
    facts = Facts(acts=(Act("asks", "income", 0.9),))
    assert policy.id == "default@1+shop@3"
    assert judge(policy, facts).action == Action.BLOCK
    assert judge(load_policy(), facts).action == Action.WARN
    assert (
        policy.labels["privacy.personal"].reason == load_policy().labels["privacy.personal"].reason
    )


def test_layer_opens_a_row_of_the_matrix(tmp_path: Path) -> None:
    layer = _layer(
        tmp_path,
        "id: optician\nversion: 1\nmatrix:\n  age:\n    - categories: [other]\n",
    )
    facts = Facts(acts=(Act("asks", "age", 0.9),), category="other", stage="presale")
    assert judge(load_policy(), facts).action == Action.WARN
    assert judge(load_policy([layer]), facts).action == Action.ALLOW


def test_disabled_label_is_not_given(tmp_path: Path) -> None:
    layer = _layer(
        tmp_path, "id: calm\nversion: 1\nlabels:\n  conduct.command:\n    enabled: false\n"
    )
    facts = Facts(acts=(Act("commands", None, 0.9),))
    assert judge(load_policy(), facts).action == Action.WARN
    assert judge(load_policy([layer]), facts).labels == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id: x\nversion: 1\nlabls: {}\n", "labls"),
        ("id: x\nversion: 1\nlabels:\n  privacy.personal:\n    colour: red\n", "colour"),
        ("id: x\nversion: 1\nlabels:\n  privacy.personal:\n    action: shout\n", "action"),
        ("id: x\nversion: 1\nacts:\n  presses: {code: upsell.nothing}\n", "upsell.nothing"),
        ("id: x\nversion: 1\nmatrix:\n  shoe_colour: []\n", "shoe_colour"),
        ("id: x\n", "version"),
        ("- a\n- b\n", "mapping"),
        ("id: x\nversion: 1\nid: y\n", "twice"),
        ("id: [\n", "line 2"),
        ("id: x\nversion: 1\nlimits:\n  block_factor: 0\n", "block_factor"),
        ("id: x\nversion: 1\nmatrix:\n  age:\n    - categories: [aparel]\n", "matrix.age"),
        ("id: x\nversion: 1\nmatrix:\n  age:\n    - purposes: [szing]\n", "szing"),
        ("id: x\nversion: 1\nmatrix:\n  age:\n    - wants: [prodct]\n", "matrix.age"),
        ("id: x\nversion: 1\nacts:\n  pressses: {code: upsell.pressure}\n", "pressses"),
        ("id: x\nversion: 1\nvoid_purposes: [marketng]\n", "marketng"),
        ("id: x\nversion: 1\nlabels:\n  upsell.tying:\n    reason: '{why'\n", "upsell.tying"),
    ],
)
def test_bad_layer_is_refused_by_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    path = _layer(tmp_path, text)
    with pytest.raises(PolicyError) as caught:
        load_policy([path])
    assert "shop.yaml" in caught.value.detail
    assert named in caught.value.detail
    assert lint([path]) == [caught.value.detail]


def test_missing_and_binary_layers_are_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"gone\.yaml cannot be read"):
        load_policy([tmp_path / "gone.yaml"])
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy([binary])


def test_reason_with_an_unknown_placeholder_is_linted(tmp_path: Path) -> None:
    layer = _layer(
        tmp_path,
        "id: x\nversion: 1\nlabels:\n  upsell.tying:\n    reason: '别{this}'\n",
    )
    assert len(lint([layer])) == 1
    assert "labels.upsell.tying.reason: unknown placeholder ['this']" in lint([layer])[0]


def test_show_prints_a_policy_that_loads_again(tmp_path: Path) -> None:
    shown = _layer(tmp_path, show(load_policy()), "whole.yaml")
    again = load_policy([shown])
    assert again.labels == load_policy().labels
    assert again.matrix == load_policy().matrix


def test_explain_tells_what_may_be_asked_and_refuses_unknown_codes() -> None:
    text = explain(load_policy(), "privacy.contact")
    assert "索要私人联系方式" in text
    assert "个人信息保护法" in text
    assert "类目 virtual" in text
    assert "一律不可询问" in explain(load_policy(), "privacy.credential")
    with pytest.raises(ClientError, match=r"privacy\.credential"):
        explain(load_policy(), "privacy.nothing")


def test_a_product_word_of_two_families_or_an_unknown_family_is_an_error(tmp_path: Path) -> None:
    layer = tmp_path / "layer.yaml"
    layer.write_text("{id: x, version: 1, products: {toys/new: [积木]}}", encoding="utf-8")
    with pytest.raises(PolicyError, match="listed twice"):
        load_policy([layer])
    layer.write_text("{id: x, version: 1, foreign_families: [other/none]}", encoding="utf-8")
    with pytest.raises(PolicyError, match="unknown product family"):
        load_policy([layer])


def test_a_word_for_a_whole_family_must_be_one_of_its_words(tmp_path: Path) -> None:
    layer = tmp_path / "layer.yaml"
    layer.write_text("{id: x, version: 1, whole_words: [飞船]}", encoding="utf-8")
    with pytest.raises(PolicyError, match="whole_words: '飞船' stands in no product family"):
        load_policy([layer])
