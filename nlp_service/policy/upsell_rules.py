"""When a pitch is unasked, unwelcome or too much: relation, refusal memory, counters, claims."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp_service.domain import Act, Action, Severity
from nlp_service.policy.finding import Case, Finding

_STATE_SCORE = 0.95  # counters are exact; what they count was recognised by a model
_CLAIM_NAMES = {
    "absolute": "绝对化或不属实的说法",
    "medical": "治疗、预防疾病一类的说法",
    "stock": "与实际库存不符的说法",
    "campaign": "与实际活动时间不符的说法",
    "lowest_price": "与实际价格记录不符的说法",
}


def upsell_findings(case: Case) -> Iterator[Finding]:
    """Findings of irrelevant, persistent, flooding and contradicted claims."""
    pitches = _pitches(case)
    if pitches:
        yield from _pitch_findings(case, pitches)
    yield from _flooding(case, pitches)
    for claim in case.facts.claims:
        if not claim.holds:
            words = {"claim": _CLAIM_NAMES[claim.kind]}
            yield Finding(
                "upsell.misleading",
                _STATE_SCORE,
                (claim.span,),
                f"rule:{claim.kind}",
                words=words,
                is_counted=True,
            )


def claim_name(act: str) -> str:
    """What the reason calls a claim."""
    return _CLAIM_NAMES.get(act, "容易误导的说法")


def _pitches(case: Case) -> list[Act]:
    """The pitches of the message, the plainest first; pressing for a purchase is one too."""
    acts = [
        act
        for act in case.facts.acts
        if act.act in {"pitches", "presses", "ties"}
        and case.may_count(act.score, "upsell.persistent", "upsell.irrelevant")
    ]
    return sorted(acts, key=lambda act: _rank(case, act), reverse=True)


def _rank(case: Case, act: Act) -> tuple[bool, bool, float]:
    """What is sure to be a persistent pitch stands before what a hint alone lets in."""
    is_sure = case.is_stated("upsell.persistent", act.score)
    return is_sure, act.act == "pitches", act.score


def _pitch_findings(case: Case, pitches: Sequence[Act]) -> Iterator[Finding]:
    conversation = case.facts.conversation
    offers = [act for act in pitches if act.act != "presses"]
    if "pitch" in conversation.refused:
        back = conversation.refused_back.get("pitch")
        yield replace(_persistent(pitches[0], "已经表示不需要"), turns_back=back)
    elif offers and (
        conversation.pitches_unanswered + 1 >= case.policy.limits.pitches_without_answer
    ):
        yield _persistent(offers[0], "一直没有回应之前的推荐")
    yield from _irrelevant(case, pitches[0])


def _irrelevant(case: Case, pitch: Act) -> Iterator[Finding]:
    """What the model calls unrelated, the lexicon's agreement making it surer, or finance and
    the like, which are never part of a shop's order."""
    called = max(
        (act for act in case.facts.acts if act.attribute == "unrelated"),
        key=lambda act: act.score,
        default=None,
    )
    stated = called.score if called else 0.0
    policy, relation = case.policy, case.facts.relation
    answers = relation == "related" or "product" in case.facts.conversation.wants
    needed = {"foreign": 0.0, "unrelated": policy.unrelated_support}.get(
        relation or "", policy.unrelated_against if answers else policy.unrelated_alone
    )
    if stated >= needed:
        score = pitch.score if relation in {"foreign", "unrelated"} else stated
        acts = (pitch, called) if called else (pitch,)
        yield Finding("upsell.irrelevant", score, pitch.spans, acts=acts)


def _persistent(pitch: Act, why: str) -> Finding:
    return Finding(
        "upsell.persistent", pitch.score, pitch.spans, "state", words={"why": why}, acts=(pitch,)
    )


def _flooding(case: Case, pitches: Sequence[Act]) -> Iterator[Finding]:
    conversation, limits = case.facts.conversation, case.policy.limits
    counters = [
        (
            conversation.near_same_unanswered + 1,
            limits.near_same_unanswered,
            "相同的内容已经发过多次",
        ),
        (conversation.burst_unanswered + 1, limits.burst_messages, "短时间内连续发了多条消息"),
        (conversation.chased_days, limits.chased_days, "已经连续几天追问"),
    ]
    for count, limit, why in counters:
        if count >= limit:
            twice = count >= limit * limits.block_factor
            yield _flood(why, block=twice)
    is_pitch = any(case.is_stated("upsell.persistent", act.score) for act in pitches[:1])
    if is_pitch and conversation.night and limits.night_promotion_is_flooding:
        yield _flood("深夜时段买家并不在线", block=False)


def _flood(why: str, *, block: bool) -> Finding:
    action, severity = (Action.BLOCK, Severity.HIGH) if block else (None, None)
    words = {"why": why}
    return Finding(
        "upsell.flooding", _STATE_SCORE, (), "state", action, severity, words, is_counted=True
    )
