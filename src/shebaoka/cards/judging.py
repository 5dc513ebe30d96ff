"""From what the tables say about a card to whether it is good, and a sentence for whoever asked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from shebaoka.cards.model import Standing, Verdict
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.sets import DecidesAccount

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
LOST_WORDS: Final = {
    "suspended": ("此卡已挂失", "The card is reported lost"),
    "lost_unopened": ("此卡尚未开通，且已挂失", "The card is reported lost and was never opened"),
}
LOST_FORMALLY: Final = (
    "；持卡人携带身份证件到社区事务受理服务中心解挂或申请补换",
    "; the holder lifts the report, or asks for a replacement, with an identity document at a community centre",
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
    "entitlement_ended": ("因持卡人不再享有领卡资格", "because the holder is entitled to a card no more"),
    "lost_in_post": ("因邮寄遗失", "because it was lost in the post"),
    "not_handed_over": ("因现场制卡后未领取", "because it was made at a counter and never handed over"),
}
TAIL: Final = 4
"""So many of the last characters of a card number tell its holder which card is meant, and a finder nothing."""


def judged(row: Sequence[Any], today: date, old_ended_from: date | None, account: DecidesAccount) -> Standing:
    """Judge one card.

    Row: card_id, generation, social, financial, expires_on, void_at, void_reason, replaced_by, loss, loss_until, died_on.
    `account`: what becomes of the account on a card that was cancelled. A card is good through its last day (inferred).
    This function will name the gravest reason only.
    """
    card_id, generation, social, financial, expires_on, void_at, void_reason, replaced_by, until, died_on = (
        row
    )
    reason: Verdict
    lost_until = None
    if died_on is not None and died_on <= today:
        reason, words = "holder_dead", _told(HOLDER_DEAD, account, financial)
    elif social == "void":
        day = void_at.astimezone(SHANGHAI).date()
        reason, words = "void", void_words(day, void_reason, replaced_by)
        if void_reason == "entitlement_ended":
            words = _told(words, account, financial)
    elif social in LOST_WORDS:
        reason, words = "suspended", _lost(social, until)
        lost_until = until
    elif social == "unopened":
        reason, words = "unopened", UNOPENED
    elif expires_on is not None and expires_on < today:
        reason, words = "expired", _expired(expires_on)
    elif generation == "old" and old_ended_from is not None and today >= old_ended_from:
        reason, words = "old_cards_ended", OLD_ENDED
    else:
        reason, words = "good", GOOD
    return Standing(
        reason == "good", reason, words[0], words[1], card_id, generation, social, financial, lost_until
    )


def _lost(social: str, until: datetime | None) -> tuple[str, str]:
    zh, en = LOST_WORDS[social]
    if until is None:
        return zh + LOST_FORMALLY[0], en + LOST_FORMALLY[1]
    moment = f"{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return (
        f"{zh}（口头挂失），{moment}自动解挂；需长期挂失的请到社区事务受理服务中心办理书面挂失",
        f"{en}, for the time being: the report ends by itself at {moment}; a formal one is made at a community centre",
    )


def _told(words: tuple[str, str], account: DecidesAccount, financial: str) -> tuple[str, str]:
    """Add what becomes of the account, where there is one."""
    if financial == "none":
        return words
    return f"{words[0]}；{account.account_zh}", f"{words[1]}; {account.account_en}"


def void_words(on: date, why: str | None, replaced_by: str | None) -> tuple[str, str]:
    """Say since when and why a card is void; of a replaced one also by which card, and what to do with it."""
    if replaced_by:
        tail = replaced_by[-TAIL:]
        return (
            f"此卡已于{on}由尾号{tail}的新卡替换而作废，不能恢复；请将此卡剪角销毁",
            f"This card was replaced by the card ending in {tail} on {on} and is void for good; destroy it",
        )
    zh, en = VOID_WHY.get(why or "", ("", ""))
    return (
        f"此卡已于{on}{zh}作废，不能恢复",
        f"The card has been void since {on} {en}".rstrip() + ", for good",
    )


def _expired(on: date) -> tuple[str, str]:
    return f"此卡有效期已于{on}届满，请换领新卡", f"The card expired on {on}; a new one is needed"
