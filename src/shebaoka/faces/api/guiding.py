"""What somebody should do next, said to a parent or to the holder. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from shebaoka.cards.model import Card
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import ENDED, Status
from shebaoka.issuing.drafts.model import Draft, Window

Step = Literal[
    "ask_at_centre", "choose_bank", "bring_photo", "collect_at_outlet", "ask_for_card", "open_card", "wait", "nothing", "continue_draft",
    "apply_online", "go_to_centre", "wait_for_notice",
]  # fmt: skip
SAID: Final = MappingProxyType(
    {
        "ask_at_centre": ("目前不能办理，请按说明到社区事务受理服务中心咨询", "Not possible at present: ask at a community centre, as explained"),
        "choose_bank": ("银行未能开户，请另选一家服务银行", "The bank did not open an account: choose another one"),
        "bring_photo": ("没有可用的相片，请到备用网点拍照", "No photo could be used: have one taken at the fallback outlet"),
        "collect_at_outlet": ("卡片在备用网点，请携带证件领取", "The card waits at the fallback outlet: collect it with your documents"),
        "ask_for_card": ("卡片已退回卡中心保管，请申请重新寄送，或携带证件前往领取", "The card is kept at the card centre: ask to have it sent again, or collect it there with your documents"),
        "open_card": ("请开通新卡；开通后老卡立即失效", "Open the new card; from that moment the old one is void"),
        "wait": ("申请正在办理，请等候", "The application is under way: wait"),
        "nothing": ("新卡已开通，无需办理", "The new card is open: nothing to do"),
        "continue_draft": ("有未提交的草稿，请继续填写并提交", "There is a draft: go on with it and hand it in"),
        "apply_online": ("可以在网上申请", "Apply online"),
        "go_to_centre": ("网上申请期限已过，请到所示社区事务受理服务中心办理", "The time to apply online is over: go to the community centre that is named"),
        "wait_for_notice": ("请等候学校告知单；也可以随时到所示社区事务受理服务中心办理", "Wait for the school's notice, or go to the community centre that is named at any time"),
    }
)  # fmt: skip
"""Each step in Chinese and English."""
STANDING: Final = MappingProxyType(
    {
        Status.BANK_REFUSED: "choose_bank",
        Status.NEEDS_PHOTO: "bring_photo",
        Status.AT_OUTLET: "collect_at_outlet",
        Status.AT_CENTRE: "ask_for_card",
        Status.RECEIVED: "open_card",
    }
)


def next_step(
    *,
    eligible: bool,
    applications: Sequence[Application],
    cards: Sequence[Card],
    draft: Draft | None,
    window: Window,
    today: date,
) -> Step:
    """Give what to do next. This function will go by a live application, then by the card in hand, then by the window.

    A card that is still in the post cannot be opened yet.
    """
    if not eligible:
        return "ask_at_centre"
    live = next((one for one in applications if one.status not in ENDED), None)
    if live is not None:
        step: Step = STANDING.get(Status(live.status), "wait")  # type: ignore[assignment]
        return step
    good = [card for card in cards if card.generation == "new" and _good(card, today)]
    if any(card.social == "unopened" for card in good):
        return "open_card"
    if good:
        return "nothing"
    if not window.accepted:
        return "go_to_centre" if window.notice == "missed" else "wait_for_notice"
    return "continue_draft" if draft else "apply_online"


def _good(card: Card, today: date) -> bool:
    return card.social != "void" and (card.expires_on is None or card.expires_on >= today)
