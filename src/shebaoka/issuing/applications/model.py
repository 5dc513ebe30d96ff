"""Values of the applications room. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from shebaoka.issuing.applications.states import Status
from shebaoka.kit.problems import Problem
from shebaoka.registry.acting.model import Claim


class Kind(StrEnum):
    """Why a card is applied for."""

    EXCHANGE = "exchange"
    FIRST_ISSUE = "first_issue"
    REPLACEMENT = "replacement"


class Channel(StrEnum):
    """Where an application comes in."""

    BANK_OUTLET = "bank_outlet"
    COMMUNITY_CENTRE = "community_centre"
    ONLINE = "online"
    EMPLOYER = "employer"


CHANNEL_ZH: Final = {
    Channel.BANK_OUTLET: "银行网点",
    Channel.COMMUNITY_CENTRE: "社区事务受理服务中心",
    Channel.ONLINE: "网上平台",
    Channel.EMPLOYER: "单位批量",
}


OUTLET_KINDS: Final = {
    Channel.BANK_OUTLET: "bank_outlet",
    Channel.COMMUNITY_CENTRE: "community_centre",
    Channel.ONLINE: "online_platform",
    Channel.EMPLOYER: "employer",
}
"""The kind of institution that a channel stands for, where rules ask for it."""


class BankReason(StrEnum):
    """Why the card is of this bank."""

    PENSION = "pension_bank"
    PAYROLL = "payroll_bank"
    CHOSEN = "chosen"


class ReplacementReason(StrEnum):
    """Why a new card is replaced, as the applicant states it."""

    LOST = "lost"
    WORN = "worn"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    DATA_CHANGED = "data_changed"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    PHOTO_WRONG = "photo_wrong"


class Contact(msgspec.Struct, frozen=True):
    """Where the card goes and whom the courier calls; sealed with the application."""

    mobile: str
    address: str


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """An application as it comes in, from whatever channel.

    `bank` and `fallback_outlet` are institution codes; no bank means the one the programme suggests.
    `acting`: who acts for the holder, None for the holder; `guardian_id_number` says no more of them than their number.
    `organisation_id`: who hands it in.
    `bank_reason` is given where the channel itself knows it (a roster's payroll bank); `taken_on` where it was taken in
    on paper on an earlier day. `replacement`: why the new card that the person has is to be replaced.
    `instant`: at the counter, on the spot; no step of the chain touches such an application.
    """

    id_number: str
    name: str
    channel: Channel
    organisation_id: int
    mobile: str
    address: str
    fallback_outlet: str
    bank: str | None = None
    guardian_id_number: str | None = None
    bank_reason: BankReason | None = None
    taken_on: date | None = None
    list_id: int | None = None
    row_no: int | None = None
    replacement: ReplacementReason | None = None
    acting: Claim | None = None
    instant: bool = False

    @property
    def claim(self) -> Claim | None:
        """Who acts for the holder; None when it is the holder."""
        if self.acting is None and self.guardian_id_number:
            return Claim(None, self.guardian_id_number)
        return self.acting


@dataclass(frozen=True, slots=True)
class Application:
    """An application without what is sealed in it. `bank_rule`: the rule of the programme under which the bank was settled."""

    person_id: int
    application_id: int
    kind: Kind
    channel: Channel
    group_code: str
    status: Status
    organisation_id: int
    bank_id: int
    bank_reason: BankReason
    fallback_outlet_id: int
    guardian_id: int | None
    photo_id: int | None
    list_id: int | None
    row_no: int | None
    applied_at: datetime
    verified_at: datetime | None
    due_on: date | None
    reason: str | None
    card_id: int | None
    replacement_reason: ReplacementReason | None
    bank_rule: str | None
    updated_at: datetime
    version: int
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request of many: an application, or the refusal that one request alone would have met."""

    person_id: int | None
    application_id: int | None
    refusal: Problem | None = None

    @property
    def code(self) -> str | None:
        """The refusal's slug, None when the request was accepted."""
        return self.refusal.slug if self.refusal else None


def place(application_id: int) -> str:
    """Name the place that an application's sealed part is bound to."""
    return f"application:{application_id}"
