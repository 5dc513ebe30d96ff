"""What a refusal means for a captured item: something happened meanwhile, or it would have been refused anyway. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from shebaoka.cards.errors import CardChangedMeanwhile, HolderDeceased, SecondLiveCard
from shebaoka.issuing.applications.errors import (
    ApplicationExists,
    CardExists,
    CardReportedLost,
    NothingToReplace,
    PersonDeceased,
)
from shebaoka.issuing.outreach.errors import VisitPlannedAnew
from shebaoka.issuing.outreach.model import Item, Kind, Site, Visit
from shebaoka.issuing.outreach.states import Device
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.registry.programme.sets import DecidesCapture
from shebaoka.registry.staff.model import StaffMember

LATER: Final = (CardChangedMeanwhile,)
"""Somebody works on the same at this moment: the device brings the item again."""
FAULT: Final = 500
MEANWHILE: Final[Mapping[type[Problem], str]] = MappingProxyType(
    {
        ApplicationExists: "applied_elsewhere",
        CardExists: "card_made_meanwhile",
        NothingToReplace: "card_changed_meanwhile",
        CardReportedLost: "card_lost",
        SecondLiveCard: "card_opened_elsewhere",
        PersonDeceased: "person_died",
        HolderDeceased: "person_died",
        VisitPlannedAnew: "visit_planned_anew",
    }
)
"""Refusals that tell of something that happened meanwhile."""
OF_CARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": "card_opened_elsewhere", "void": "card_replaced", "suspended": "card_lost", "lost_unopened": "card_lost",
        "closed": "account_closed",
    }
)  # fmt: skip
WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "applied_elsewhere": ("此人已在别处申请", "the person has applied elsewhere"),
        "card_made_meanwhile": ("此人已有新卡", "the person has a new card meanwhile"),
        "card_changed_meanwhile": ("此人的卡已有变化", "the person's card has changed meanwhile"),
        "card_opened_elsewhere": ("此卡已在别处开通", "the card was opened elsewhere"),
        "card_replaced": ("此卡已作废或被补换", "the card is void, or was replaced"),
        "card_lost": ("此卡已挂失", "the card is reported lost"),
        "account_closed": ("卡上账户已销户", "the account on the card is closed"),
        "person_died": ("登记显示此人已去世", "the register says that the person has died"),
        "visit_settled": ("此次上门已由另一台设备或网点办结", "another device or the outlet has settled this visit"),
        "visit_planned_anew": ("此次上门之后已另行安排", "the visit has been planned anew since then"),
        "device_blocked": ("设备已停用，须由人员核实", "the device is blocked: somebody must look at what it brings"),
        "captured_in_future": ("受理时间在将来，请核对设备时钟", "captured in the future: check the device's clock"),
        "captured_too_long_ago": ("受理时间已超过同步期限", "captured longer ago than the rules let it come in"),
        "staff_unknown": ("受理人员不是本网点在岗人员", "nobody of this outlet's present staff has captured it"),
        "site_unknown": ("服务点不存在，或当日不在本网点名下", "no such station or stall of this outlet on that day"),
        "visit_unknown": ("上门编号不存在，或不是此人的", "no such visit, or not this person's"),
        "refused": ("按规则不能办理", "the rules refuse it"),
    }
)  # fmt: skip
"""What each reason means, for people."""


def not_now(problem: Problem) -> bool:
    """Tell whether a refusal decides nothing: something is down or busy, and the item is to come again."""
    return problem.status >= FAULT or isinstance(problem, LATER)


def clash(problem: Problem, kind: Kind) -> str | None:
    """Give what happened meanwhile, as a reason; None where the item would have been refused in any case."""
    for refusal, reason in MEANWHILE.items():
        if isinstance(problem, refusal):
            return reason
    if isinstance(problem, TransitionRefused):
        if kind == "visit_outcome":
            return "visit_settled"
        if kind == "application":
            return "card_changed_meanwhile"
        return OF_CARD.get(str(problem.members.get("current")))
    return None


def to_be_held(
    item: Item, device: Device, terms: DecidesCapture, now: datetime, staff: StaffMember | None, outlets: tuple[int, ...]
) -> str | None:  # fmt: skip
    """Give why an item is shown to a person before anything is done; None where nothing stands against it.

    `staff`: whoever is named as having captured it. `outlets`: the device's outlet and its bank.
    """
    if device is Device.BLOCKED:
        return "device_blocked"
    if item.captured_at > now + timedelta(minutes=terms.minutes_ahead):
        return "captured_in_future"
    if item.captured_at < now - timedelta(days=terms.days):
        return "captured_too_long_ago"
    if staff is None or not staff.active or staff.institution_id not in outlets:
        return "staff_unknown"
    return None


def misplaced(
    item: Item, site: Site | None, visit: Visit | None, holder_id: int | None, outlet_id: int
) -> str | None:
    """Give why the place an item names cannot be right; None where it names none, or the right one."""
    if item.site_id is not None and (
        site is None or site.outlet_id != outlet_id or not site.there_on(item.day)
    ):
        return "site_unknown"
    if item.kind == "visit_outcome" or item.visit_id is not None:
        strange = visit is not None and item.kind != "visit_outcome" and visit.person_id != holder_id
        return "visit_unknown" if visit is None or strange else None
    return None
