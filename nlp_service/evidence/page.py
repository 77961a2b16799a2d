"""The pack as one page for people: Chinese, self-contained, nothing to load, nothing that runs.

A pure function of the pack, so that a page can be made anew from its JSON and compared.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from nlp_service.storage.canonical import canonical_json

_STYLE = """
body{font:16px/1.7 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1d2430;
max-width:60rem;margin:2rem auto;padding:0 1.5rem}
h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.1rem;margin:2rem 0 .5rem;
border-bottom:1px solid #cfd6e0}
.lead{color:#5a6575;margin:0}.result{font-size:1.3rem;font-weight:600}
blockquote{margin:0;padding:.8rem 1rem;background:#f5f7fa;border-left:4px solid #8a97a8;
white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:#ffe08a;padding:0 .1em}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;border-bottom:1px solid #e3e8ee;
overflow-wrap:anywhere}
th{color:#5a6575;font-weight:500;white-space:nowrap}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:1.5rem}
.sides h3{font-size:1rem;margin:.3rem 0}.num{text-align:right;white-space:nowrap}
code{font:.82rem/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
@media(max-width:46rem){.sides{grid-template-columns:1fr}}
@media print{body{margin:0;max-width:none}}
"""
_KINDS = {"review": "评价", "chat_report": "聊天举报", "risk_appeal": "风险画像申诉"}
_DECISIONS = {
    "genuine": "真实评价",
    "malicious": "恶意评价",
    "unclear": "无法判定",
    "upheld": "成立",
    "dismissed": "不成立",
    "expired": "到期关闭,无人裁决",
    None: "尚未裁决",
}
_STEPS = {
    "queue.put": "进入队列",
    "queue.claim": "领取",
    "queue.release": "退回",
    "queue.decide": "裁决",
    "queue.undo": "撤回裁决",
    "queue.appeal": "申诉",
    "queue.purge": "到期删除文本",
}
_FACTS = {
    "rating": "星级",
    "posted_at": "发表时间",
    "merchant_id": "店铺",
    "item_id": "商品编号",
    "item_title": "商品",
    "category": "类目",
    "buyer_id": "买家(已脱敏)",
    "images": "图片数",
    "stage": "阶段",
    "sent_at": "发送时间",
    "score": "得分",
    "tier": "等级",
}
_SEVERITIES = {"none": "无", "minor": "轻微", "major": "严重", "hazard": "人身危险"}
_LEVELS = {"none": "无", "low": "低", "medium": "中", "high": "高"}


def page_of(pack: Mapping[str, Any]) -> str:
    """The whole page."""
    case = pack["case"]
    kind = _KINDS.get(case["kind"], case["kind"])
    parts = [
        f"<h1>裁决证据:{_text(kind)}</h1>",
        f'<p class="lead">案件 <code>{_text(case["item"][:12])}</code>,'
        f"证据生成于 {_text(_time(pack['made_at']))}</p>",
        *_result(pack),
        *_subject(case),
        *_evidence(case),
        *_history(case),
        *_proof(pack),
    ]
    head = f"<meta charset=utf-8><title>裁决证据 {_text(case['item'][:12])}</title>"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    secure = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    view = '<meta name="viewport" content="width=device-width">'
    return (
        f'<!doctype html><html lang="zh-CN"><head>{head}{secure}{view}'
        f"<style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _result(pack: Mapping[str, Any]) -> list[str]:
    case, versions = pack["case"], pack["versions"]
    rows = [
        ("裁决时间", _time(case["decided_at"])),
        ("裁决理由", case["reason"]),
        ("申诉理由", case["appeal"]),
        (
            "原裁决",
            _DECISIONS.get(case["appealed_decision"]) if case["appealed_decision"] else None,
        ),
        ("原裁决理由", case["appealed_reason"]),
        ("规则版本", versions["policy"]),
        ("模型版本", versions["model"]),
    ]
    decision = _DECISIONS.get(case["decision"], case["decision"])
    return ["<h2>裁决</h2>", f'<p class="result">{_text(decision)}</p>', _table(rows)]


def _subject(case: Mapping[str, Any]) -> list[str]:
    content = case["content"] or {}
    about = content.get("review") or (content.get("message") or {}).get("context") or {}
    about = about or content.get("profile") or {}
    rows = [(name, _fact(about.get(key), key)) for key, name in _FACTS.items()]
    order = about.get("order") or {}
    rows += [("订单", order.get("order_id")), ("签收时间", _time(order.get("delivered_at")))]
    rows += [("举报理由", content.get("reason"))] if case["kind"] == "chat_report" else []
    rows += _findings(content.get("score") or {})
    text = case["text"]
    shown = _marked(text, case["evidence"]) if text is not None else "(文本已按保存期限删除)"
    return ["<h2>内容(个人信息已脱敏)</h2>", f"<blockquote>{shown}</blockquote>", _table(rows)]


def _findings(score: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What the service said of a review."""
    if not score:
        return []
    suspicion, severity = score["suspicion"], score["severity"]
    level = _LEVELS.get(suspicion["level"], suspicion["level"])
    return [
        ("不实概率", f"{suspicion['score']:.1%}(可疑程度:{level})"),
        ("所述问题", _SEVERITIES.get(severity["level"], severity["level"])),
    ]


def _evidence(case: Mapping[str, Any]) -> list[str]:
    sides = [("对其不利", "against"), ("对其有利", "in_favour")]
    columns = [
        f"<div><h3>{title}</h3>{_pieces(case['evidence'][side])}</div>" for title, side in sides
    ]
    return ["<h2>证据</h2>", f'<div class="sides">{"".join(columns)}</div>']


def _pieces(pieces: Sequence[Mapping[str, Any]]) -> str:
    if not pieces:
        return "<p>无</p>"
    rows = [
        f"<tr><td>{_text(one['reason'] or one['code'])}<br><code>{_text(one['code'])}</code></td>"
        f'<td class="num">{_weight(one["weight"])}</td></tr>'
        for one in pieces
    ]
    return f"<table>{''.join(rows)}</table>"


def _weight(weight: float | None) -> str:
    return "" if weight is None else f"{weight:+.2f}"


def _history(case: Mapping[str, Any]) -> list[str]:
    rows = [
        f'<tr><td class="num">{step["sequence"]}</td><td>{_text(_time(step["at"]))}</td>'
        f"<td>{_text(_STEPS.get(step['kind'], step['kind']))}</td>"
        f"<td>{_text(_DECISIONS.get(step['decision'], '') if step['decision'] else '')}</td>"
        f"<td><code>{_text(step['actor'][:12])}</code></td></tr>"
        for step in case["history"]
    ]
    head = "<tr><th>序号<th>时间<th>步骤<th>结论<th>经手人(假名)</tr>"
    return ["<h2>经过</h2>", f"<table>{head}{''.join(rows)}</table>"]


def _proof(pack: Mapping[str, Any]) -> list[str]:
    chain, signature = pack["chain"], pack["signature"]
    entries = chain["entries"]
    digest = hashlib.sha256(canonical_json(pack)).hexdigest()
    rows = [
        ("日志条目", f"{entries[0]['sequence']} 至 {entries[-1]['sequence']}"),
        ("首条哈希", entries[0]["hash"]),
        ("末条哈希", chain["head"]["hash"]),
        ("日志封印", chain["head"]["seal"]),
        ("证据摘要 SHA-256", digest),
        ("签名公钥 Ed25519", signature["public_key"]),
        ("签名", signature["value"]),
    ]
    hint = (
        "同名 JSON 文件含全部日志条目与哈希。核验:<code>nlp-service audit check 文件.json "
        "--public-key 公钥</code>。公钥应从平台另行取得,与上表比对。"
    )
    return ["<h2>完整性证明</h2>", f"<p>{hint}</p>", _table(rows, is_code=True)]


def _table(rows: Iterable[tuple[str, Any]], *, is_code: bool = False) -> str:
    """Rows that have a value."""
    cells = [
        (name, f"<code>{_text(value)}</code>" if is_code else _text(value))
        for name, value in rows
        if value not in (None, "")
    ]
    return "<table>" + "".join(f"<tr><th>{n}</th><td>{v}</td></tr>" for n, v in cells) + "</table>"


def _marked(text: str, evidence: Mapping[str, Any]) -> str:
    """The text with what speaks against it marked."""
    inside = [False] * len(text)
    for piece in evidence["against"]:
        for start, end in piece["spans"]:
            inside[start:end] = [True] * (min(end, len(text)) - start)
    parts, before = [], False
    for character, now in zip(text, inside, strict=True):
        parts.append(("<mark>" if now else "</mark>") if now != before else "")
        parts.append(escape(character))
        before = now
    return "".join(parts) + ("</mark>" if before else "")


def _fact(value: Any, key: str) -> Any:
    return _time(value) if key.endswith("_at") else value


def _time(value: str | None) -> str | None:
    return None if value is None else value.replace("T", " ")[:19] + _offset(value)


def _offset(value: str) -> str:
    """`Z`, `+00:00` and `+08:00` as they are read."""
    ending = value[19:].lstrip("0123456789.")
    return " UTC" if ending in ("Z", "+00:00") else f" {ending}"


def _text(value: object) -> str:
    return escape(str(value))
