"""When a pitch is unasked, unwelcome or too much: relation, refusal memory, counters, claims."""

from collections.abc import Iterator
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
    pitch = _pitch(case)
    if pitch:
        yield from _pitch_findings(case, pitch)
    yield from _flooding(case, pitch)
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


def _pitch(case: Case) -> Act | None:
    """The pitch of the message; pressing for a purchase is one too."""
    acts = [
        act
        for act in case.facts.acts
        if act.act in {"pitches", "presses", "ties"}
        and case.may_count(act.score, "upsell.persistent", "upsell.irrelevant")
    ]
    return max(acts, key=lambda act: _rank(case, act), default=None)


def _rank(case: Case, act: Act) -> tuple[bool, bool, float]:
    """What is sure stands before what a hint alone lets in."""
    is_sure = case.is_stated("upsell.persistent", act.score)
    return is_sure, act.act == "pitches", act.score


def _pitch_findings(case: Case, pitch: Act) -> Iterator[Finding]:
    conversation = case.facts.conversation
    if "pitch" in conversation.refused:
        back = conversation.refused_back.get("pitch")
        yield replace(_persistent(pitch, "已经表示不需要"), turns_back=back)
    elif pitch.act != "presses" and (
        conversation.pitches_unanswered + 1 >= case.policy.limits.pitches_without_answer
    ):
        yield _persistent(pitch, "一直没有回应之前的推荐")
    yield from _irrelevant(case, pitch)


def _irrelevant(case: Case, pitch: Act) -> Iterator[Finding]:
    """What the model calls unrelated, the lexicon's agreement making it surer, or finance and
    the like, which are never part of a shop's order."""
    stated = max(
        (act.score for act in case.facts.acts if act.attribute == "unrelated"), default=0.0
    )
    policy, relation = case.policy, case.facts.relation
    answers = relation == "related" or "product" in case.facts.conversation.wants
    needed = {"foreign": 0.0, "unrelated": policy.unrelated_support}.get(
        relation or "", policy.unrelated_against if answers else policy.unrelated_alone
    )
    if stated >= needed:
        score = pitch.score if relation in {"foreign", "unrelated"} else stated
        yield Finding("upsell.irrelevant", score, pitch.spans, acts=(pitch,))


def _persistent(pitch: Act, why: str) -> Finding:
    return Finding(
        "upsell.persistent", pitch.score, pitch.spans, "state", words={"why": why}, acts=(pitch,)
    )


def _flooding(case: Case, pitch: Act | None) -> Iterator[Finding]:
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
    is_pitch = pitch is not None and case.is_stated("upsell.persistent", pitch.score)
    if is_pitch and conversation.night and limits.night_promotion_is_flooding:
        yield _flood("深夜时段买家并不在线", block=False)


def _flood(why: str, *, block: bool) -> Finding:
    action, severity = (Action.BLOCK, Severity.HIGH) if block else (None, None)
    words = {"why": why}
    return Finding(
        "upsell.flooding", _STATE_SCORE, (), "state", action, severity, words, is_counted=True
    )
