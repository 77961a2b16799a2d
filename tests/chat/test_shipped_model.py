"""The shipped chat model: the policy's boundary examples, spans on tricky text, suggestions."""

import json
import random
from pathlib import Path

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.loading import SHIPPED
from nlp_service.contract.requests import ChatRequest
from nlp_service.domain import Action, ChatContext, Message, Verdict
from nlp_service.policy.inspect import run_examples
from nlp_service.policy.loader import load_policy
from nlp_service.training.chat_corpus import read_corpus
from nlp_service.training.chat_split import split

ROOT = Path(__file__).parents[2]
TRICKS = "薇❤V信➕vx卫星扣扣亻言①②1️⃣３８零一三八\u200b\u200d\ufe0f\u00ad.·-_ 　,。!?~\n"
PLAIN = "亲您好包裹到了吗身份证号发我一下验证码加好评返现退款地址电话的了呢哦"


@pytest.fixture(scope="module")
def checker() -> ChatChecker:
    return ChatChecker.load(ROOT / "models", load_policy())


def test_every_policy_example_is_judged_as_the_policy_says(checker: ChatChecker) -> None:
    results = run_examples(
        checker.policy,
        lambda message: checker.check(ChatRequest.model_validate(message).to_message("example")),
    )
    assert len(results) >= 70
    assert [result for result in results if not result.ok] == []


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("请问[电话x]这个是您的手机号吗", Action.ALLOW),
        ("湖北[地址x] 恩施站可以送达", Action.ALLOW),
        ("寄到<ADDRESS>,{name}收", Action.ALLOW),
        ("您的号码是【手机号】吗", Action.ALLOW),
        ("请问13812345678这个是您的手机号吗", Action.WARN),
        ("[姓名x] 13812345678 对吗", Action.WARN),
        ("您的地址是佛山市顺德区容桂街道大观直街12号吗", Action.WARN),
    ],
)
def test_a_placeholder_is_no_value_typed_back(
    checker: ChatChecker, text: str, action: Action
) -> None:
    assert checker.check(Message("1", text)).action == action


def test_no_policy_example_is_left_in_what_the_model_was_trained_on() -> None:
    texts = [str(example.message["text"]) for example in load_policy().examples]
    corpus = ROOT / "corpora" / "chat"
    parts = split(read_corpus(corpus), corpus, texts)
    assert parts.copies > 0
    assert not {record.text for record in (*parts.train, *parts.dev)} & set(texts)


def test_spans_point_into_the_raw_text_of_ten_thousand_tricky_strings(
    checker: ChatChecker,
) -> None:
    draw = random.Random(20260301)
    alphabet = TRICKS + PLAIN * 2 + "0123456789abcwx@"
    for number in range(10_000):
        raw = "".join(draw.choices(alphabet, k=draw.randint(1, 40)))
        verdict = checker.check(Message(str(number), raw))
        for start, end in _spans(verdict):
            assert 0 <= start < end <= len(raw), repr(raw)


def test_suggestions_pass_their_own_check_and_batches_equal_single_checks(
    checker: ChatChecker,
) -> None:
    records = read_corpus(ROOT / "corpora" / "chat")[::40]
    messages = [
        Message(record.id, record.text, ChatContext(category=record.context.get("category")))
        for record in records
    ]
    verdicts = checker.check_many(messages)
    suggested = [v for v in verdicts if v.suggestion]
    assert len(suggested) >= 20
    for message, verdict in zip(messages, verdicts, strict=True):
        assert checker.check(message) == verdict
        if verdict.suggestion:
            again = Message("s", verdict.suggestion, message.context)
            assert checker.check(again).action == Action.ALLOW


def test_every_template_of_the_policy_may_be_sent_as_it_stands(checker: ChatChecker) -> None:
    for code, text in checker.policy.suggestions.items():
        verdict = checker.check(Message(code, text))
        assert verdict.action == Action.ALLOW, (code, [label.code for label in verdict.labels])


@pytest.mark.parametrize(
    "text",
    [
        "这款卡包能放十张卡",
        "卫星锅需要自己装支架",
        "可以用微信支付",
        "我们不会要您的验证码",
        "QQ弹弹的牛肉丸",
        "威信县也能发货",
    ],
)
def test_a_keyword_alone_never_blocks(checker: ChatChecker, text: str) -> None:
    assert checker.check(Message("k", text)).action == Action.ALLOW


def test_metrics_stand_beside_the_weights_and_come_from_unseen_authors() -> None:
    metrics = json.loads((ROOT / "models" / SHIPPED / "metrics.json").read_text("utf-8"))
    assert metrics["how"] == "voices of the test part, never seen in training or calibration"
    assert metrics["messages"] >= 2500
    assert all(counts["support"] > 0 for counts in metrics["labels"].values())


def _spans(verdict: Verdict) -> list[tuple[int, int]]:
    spans = [span for label in verdict.labels for span in label.spans]
    spans += [span for act in verdict.acts for span in act.spans]
    spans += [entity.span for entity in verdict.entities]
    return [(span.start, span.end) for span in spans]
