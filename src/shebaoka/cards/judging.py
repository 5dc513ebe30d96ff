"""From what the tables say about a card to whether it is good, and a sentence for whoever asked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from shebaoka.cards.model import Standing, Verdict
from shebaoka.kit.clock import SHANGHAI

UNKNOWN_NUMBER: Final = Standing(
    good=False, reason="unknown_number", zh="查无此卡号，请对照卡面核对", en="No card has this number; compare it with the face of the card"
)  # fmt: skip
NO_CARD: Final = Standing(
    good=False, reason="no_card", zh="此人名下没有社保卡，可到社区事务受理服务中心申领", en="This person has no card; a community centre takes the application"
)  # fmt: skip
GOOD: Final = ("此卡当前有效", "The card is good")
UNOPENED: Final = (
    "此卡的社会保障功能尚未开通，开通后方可使用；在此之前原有老卡照常使用",
    "The social-security function of this card is not open yet; until it is, the old card works as before",
)
SUSPENDED: Final = (
    "此卡已挂失，解挂后方可使用",
    "The card is reported lost; it works again once the report is lifted",
)
HOLDER_DEAD: Final = (
    "登记显示持卡人已去世，此卡不再有效",
    "The register says that the holder has died; the card is good no more",
)
OLD_ENDED: Final = (
    "老版社保卡已统一失效，请领取并开通新卡",
    "Old cards are void altogether; a new card is needed, and must be opened",
)
VOID_WHY: Final = {
    "replaced": ("因新卡开通", "because a new card was opened"),
    "holder_died": ("因持卡人去世", "because the holder died"),
}


def judged(row: Sequence[Any], today: date, old_ended_from: date | None) -> Standing:
    """Judge one card.

    Row: card_id, generation, social, financial, expires_on, void_at, void_reason, died_on. A card is good through its
    last day (inferred). This function will name the gravest reason only.
    """
    card_id, generation, social, financial, expires_on, void_at, void_reason, died_on = row
    reason: Verdict
    if died_on is not None and died_on <= today:
        reason, words = "holder_dead", HOLDER_DEAD
    elif social == "void":
        reason, words = "void", _void(void_at.astimezone(SHANGHAI).date(), void_reason)
    elif social == "suspended":
        reason, words = "suspended", SUSPENDED
    elif social == "unopened":
        reason, words = "unopened", UNOPENED
    elif expires_on is not None and expires_on < today:
        reason, words = "expired", _expired(expires_on)
    elif generation == "old" and old_ended_from is not None and today >= old_ended_from:
        reason, words = "old_cards_ended", OLD_ENDED
    else:
        reason, words = "good", GOOD
    return Standing(reason == "good", reason, words[0], words[1], card_id, generation, social, financial)


def _void(on: date, why: str | None) -> tuple[str, str]:
    zh, en = VOID_WHY.get(why or "", ("", ""))
    return (
        f"此卡已于{on}{zh}作废，不能恢复",
        f"The card has been void since {on} {en}".rstrip() + ", for good",
    )


def _expired(on: date) -> tuple[str, str]:
    return f"此卡有效期已于{on}届满，请换领新卡", f"The card expired on {on}; a new one is needed"
