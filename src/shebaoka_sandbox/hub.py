"""The national hub: takes stays of the second province's people, each reference once, and asks us about ours who are there."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final, Literal

import httpx
import msgspec

from shebaoka_sandbox import neighbour
from shebaoka_sandbox.desk import Declined, Desks, Reference
from shebaoka_sandbox.store import Between

HUB: Final = "hub"
Fen = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class Hospital(msgspec.Struct, frozen=True):
    """Where somebody stayed."""

    code: str
    name: str
    level: Literal[1, 2, 3]


class Day(msgspec.Struct, frozen=True):
    """What a day came to."""

    on: str
    in_scope_fen: Fen
    own_expense_fen: Fen
    prepay_fen: Fen
    over_limit_fen: Fen


class Told(msgspec.Struct, frozen=True):
    """A stay."""

    stay: str
    hospital: Hospital
    admitted_on: str
    discharged_on: str
    days: list[Day]


class Presented(msgspec.Struct, frozen=True):
    """A stay to be quoted or settled, and whose it is."""

    reference: Reference
    place: str
    id_number: str
    card_number: str
    stay: Told

    @property
    def person(self) -> str:
        """The ID number."""
        return self.id_number


class Reversal(msgspec.Struct, frozen=True):
    """What takes a settlement back."""

    reference: Reference
    names: str
    place: str

    @property
    def person(self) -> str:
        """What it names: a reversal is of one settlement for good."""
        return self.names


class Stays(msgspec.Struct, frozen=True):
    """A batch of stays, sent on a day."""

    on: str
    care_place: str
    items: Annotated[list[Presented], msgspec.Meta(min_length=1, max_length=500)]


class Reversals(msgspec.Struct, frozen=True):
    """A batch of reversals, sent on a day."""

    on: str
    care_place: str
    items: Annotated[list[Reversal], msgspec.Meta(min_length=1, max_length=500)]


class Settled(msgspec.Struct, frozen=True):
    """Who pays what; of a quote also how the patient is insured."""

    reference: str
    pooled_fen: int
    supplementary_fen: int
    account_fen: int
    cash_fen: int
    on: str
    outcome: Literal["settled", "quoted"] = "settled"
    scheme: Literal["employee"] | None = None
    status: str | None = None


class Refused(msgspec.Struct, frozen=True):
    """Not settled, and why."""

    reference: str
    reason: str
    outcome: Literal["refused"] = "refused"


class Undone(msgspec.Struct, frozen=True):
    """A reversal's answer."""

    reference: str
    on: str
    outcome: Literal["reversed", "barred"]


class Asking(msgspec.Struct, frozen=True):
    """What the hub is to send to a city: `to` its address, `token` the hub's own there."""

    to: str
    token: str
    what: Literal["quotes", "settlements", "reversals"]
    document: dict[str, Any]


class Hub:
    """The hub and the second province in one."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    async def settle(self, batch: Stays) -> list[bytes]:
        """Settle a batch of stays."""
        return await self._desks.serve(
            HUB, batch.items, lambda new: [self._settled(one, batch) for one in new], f"{HUB}:settlements"
        )

    async def reverse(self, batch: Reversals) -> list[bytes]:
        """Take a batch of settlements back."""
        return await self._desks.serve(
            HUB, batch.items, lambda new: [self._undone(one, batch) for one in new], f"{HUB}:reversals"
        )

    async def quote(self, one: Presented) -> Settled | Refused:
        """Say what a stay would come to."""
        self._desks.enter(HUB, f"{HUB}:quotes", 1)
        await asyncio.sleep(self._desks.faults.of(HUB).delay_ms / 1000)
        found = self._reckoned(one, "")
        if isinstance(found, Refused):
            return found
        status = neighbour.EVERYBODY[one.id_number].status
        return msgspec.structs.replace(found, outcome="quoted", scheme="employee", status=status)

    def day(self, day: str, place: str) -> list[dict[str, Any]]:
        """Give a day's messages that concern a place; each names the other province."""
        self._desks.enter(HUB, f"{HUB}:days")
        faults = self._desks.faults
        return [
            {"number": one.number, "province": int(one.care if one.province == place else one.province),
             "total_fen": one.total, "fund_fen": one.fund, "account_fen": one.account, "cash_fen": one.cash}
            for one in self._desks.store.between_of(day, place)
            if not faults.hits(HUB, "lose_report", one.number)
        ]  # fmt: skip

    async def ask(self, asking: Asking) -> dict[str, Any]:
        """Ask a city about one of its own, and keep what it settled; `duplicate` sends twice, `lose` forgets the first answer."""
        faults, number = self._desks.faults, str(asking.document.get("number"))
        self._desks.enter(HUB, f"{HUB}:asked", 1)
        times = 1 + faults.hits(HUB, "duplicate", number) + faults.hits(HUB, "lose", number)
        answer: dict[str, Any] = {}
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            for _ in range(times):
                sent = await client.post(
                    f"{asking.to}/api/hub/{asking.what}", json=asking.document,
                    headers={"authorization": f"Bearer {asking.token}"},
                )  # fmt: skip
                answer = {"status": sent.status_code, "answer": sent.json()}
        if answer["status"] == httpx.codes.OK:
            self._keep(asking, answer["answer"])
        return answer

    def _settled(self, one: Presented, batch: Stays) -> Settled | Refused:
        if self._desks.store.between(f"bar {one.reference}") is not None:
            return Refused(one.reference, "该笔结算已在到达之前被冲正")
        found = self._reckoned(one, batch.on)
        if isinstance(found, Settled):
            fund = found.pooled_fen + found.supplementary_fen
            total = fund + found.account_fen + found.cash_fen
            self._desks.store.put_between(Between(
                one.reference, "settled", batch.on, batch.care_place, neighbour.PLACE, total, fund, found.account_fen,
                found.cash_fen,
            ))  # fmt: skip
        return found

    def _reckoned(self, one: Presented, on: str) -> Settled | Refused:
        insured = neighbour.EVERYBODY.get(one.id_number)
        if one.place != neighbour.PLACE or insured is None:
            return Refused(one.reference, "参保地查无此人")
        if not insured.registered or self._desks.faults.hits(HUB, "refuse", one.reference):
            return Refused(one.reference, "未办理异地就医备案")
        in_scope = sum(day.in_scope_fen for day in one.stay.days)
        outside = sum(day.own_expense_fen + day.prepay_fen + day.over_limit_fen for day in one.stay.days)
        shares = neighbour.shares(insured, one.stay.hospital.level, in_scope, outside)
        return Settled(one.reference, *shares, on)

    def _undone(self, one: Reversal, batch: Reversals) -> Undone:
        store = self._desks.store
        was = store.between(one.names)
        if was is None:
            bar = Between(
                f"bar {one.names}", "barred", batch.on, batch.care_place, neighbour.PLACE, 0, 0, 0, 0
            )
            store.put_between(bar)
            return Undone(one.reference, batch.on, "barred")
        amounts = (-was.total, -was.fund, -was.account, -was.cash)
        store.put_between(Between(one.reference, "reversed", batch.on, was.care, was.province, *amounts))
        return Undone(one.reference, batch.on, "reversed")

    def _keep(self, asking: Asking, answer: dict[str, Any]) -> None:
        """Keep what a city settled for the second province: it is the place of care of these."""
        if asking.what == "quotes" or answer.get("outcome") == "barred":
            return
        sign = -1 if asking.what == "reversals" else 1
        fund, account, cash = (
            sign * sum(answer[name] for name in names)
            for names in (("pooled_fen", "supplementary_fen"), ("account_fen",), ("cash_fen",))
        )
        kind = "reversed" if sign < 0 else "settled"
        self._desks.store.put_between(Between(
            asking.document["number"], kind, answer["on"], neighbour.PLACE, answer["place"], fund + account + cash, fund,
            account, cash,
        ))  # fmt: skip


def must_be_here(address: str) -> None:
    """Send nobody to another machine than this one."""
    if httpx.URL(address).host not in ("127.0.0.1", "localhost"):
        raise Declined(422, "the sandbox speaks to this machine only")
