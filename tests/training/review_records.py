"""Small annotated reviews for the tests of this room."""

from pathlib import Path

from nlp_service.training.review_authoring import build_reviews
from nlp_service.training.review_corpus import ReviewRecord, read_reviews

DRAFT = """
@ category=digital item=蓝牙耳机 rating=2
> [function+|音质挺好],就是[packaging-|盒子压扁了],[safety- hazard:battery|充电烫得不敢摸]
= negative hazard:battery | mixed

@
> [logistics-  minor|等了九天]\\n别的没什么
= negative minor
> 给公司买的
= neutral none | fact
> 真行,[quality- major|三天就散架]
= negative major | sarcasm
> [logistics+|发货快]
= positive none
"""


def records_of(folder: Path, draft: str = DRAFT, author: str = "r90") -> list[ReviewRecord]:
    """The records of a draft, by way of the files that ship."""
    path = folder / f"{author}.txt"
    path.write_text(draft, encoding="utf-8")
    out = folder / "corpus"
    out.mkdir(exist_ok=True)
    build_reviews([path], out)
    return [record for record in read_reviews(out) if record.author == author]
