"""Card keys: versions, ceremonies of two officers, and what the card bureau has of them. Never a key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.chip.versions import DES, SM4
from shebaoka.faces.api.access import actor
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, PathId, Text
from shebaoka.keys import commands, errors, views
from shebaoka.keys.model import Asked, CeremonyRow, Component, HandedOut, Kind, Level, Record, Used, Version
from shebaoka.keys.states import Ceremony, HandOut, KeySet
from shebaoka.keys.views import Overview
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.staff import views as members

Algorithm = Literal["SM4", "3DES"]
NAMES: Final[dict[int, Algorithm]] = {SM4: "SM4", DES: "3DES"}
NUMBERS: Final = {name: number for number, name in NAMES.items()}
Key = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Fa-f ]{32,47}$",
        description="密钥分量，32 位十六进制，可分组 · a component, 32 hex digits, with blanks between groups if you like",
    ),
]
Check = Annotated[
    str,
    Meta(pattern="^[0-9A-Fa-f]{6}$", description="校验值（KCV），6 位十六进制 · check value, 6 hex digits"),
]
VersionNumber = Annotated[int, Meta(ge=1, le=1_000_000)]
STEPS: Final = (TransitionRefused, errors.CardKeysClosed, errors.CheckValueDiffers, errors.ComponentNeeded)


class ComponentBody(Body, frozen=True):
    """One officer's part of a key that comes in, with the check value printed beside it."""

    part: Key
    check: Check


class CeremonyBody(Body, frozen=True):
    """What a ceremony is opened for.

    `version`: which one is derived, put in force or destroyed. `top`, `expected` (the whole key's check value) and `component`: of
    an import only.
    """

    kind: Kind
    algorithm: Algorithm
    reason: Text
    version: VersionNumber | None = None
    top: Literal["root", "city"] = "root"
    expected: Check | None = None
    component: ComponentBody | None = None


class ApprovalBody(Body, frozen=True):
    """The second officer's word; of an import with the other component."""

    component: ComponentBody | None = None


class CheckedKey(msgspec.Struct, frozen=True):
    """A key that was made, by its check value. `number`: of an application key."""

    level: Level
    number: int
    check: str


class PurposeUse(msgspec.Struct, frozen=True):
    """How often a version was used for a purpose, and for how many cards, ever and today."""

    purpose: str
    uses: int
    cards: int
    cards_today: int


class KeyVersion(msgspec.Struct, frozen=True):
    """A version of an algorithm's keys. `next`: the ceremonies that it may go through."""

    algorithm: Algorithm
    version: int
    status: KeySet
    top: Level
    created_at: datetime
    in_force_at: datetime | None
    former_at: datetime | None
    destroyed_at: datetime | None
    keys: list[CheckedKey]
    uses: list[PurposeUse]
    next: list[Kind]


class HandOutView(msgspec.Struct, frozen=True):
    """Keys that the bureau was given for one batch. `overdue`: it should have confirmed by now that they are destroyed."""

    batch_id: str
    algorithm: Algorithm
    version: int
    status: HandOut
    cards: int
    used: int | None
    handed_at: datetime
    due_on: date
    confirmed_at: datetime | None
    overdue: bool


class CeremonyView(msgspec.Struct, frozen=True):
    """A ceremony. Officers are named by their log-in; `yours`: whether the caller opened it, and so cannot approve it."""

    ceremony_id: str
    kind: Kind
    algorithm: Algorithm
    version: int
    status: Ceremony
    top: Level | None
    expected: str | None
    reason: str
    opened_by: str
    opened_at: datetime
    lapses_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    yours: bool


class CardKeys(msgspec.Struct, frozen=True):
    """All that is known of card keys. `closed`: why the store cannot be opened, null when it is open."""

    closed: str | None
    versions: list[KeyVersion]
    hand_outs: list[HandOutView]
    ceremonies: list[CeremonyView]


class RecordView(msgspec.Struct, frozen=True):
    """One entry of the record: `facts` as they were digested, `digest` (SM3) of the entry before and this one."""

    record_id: str
    at: datetime
    actor: str
    action: str
    facts: dict[str, Any]
    digest: str


class CeremonyWithRecord(msgspec.Struct, frozen=True):
    """A ceremony with its record."""

    ceremony: CeremonyView
    records: list[RecordView]


@get("/card-keys", **protected("keys.read", "keys", "卡片密钥 · Card keys"))
async def card_keys(request: Call) -> CardKeys:
    """Give the versions with check values and uses, what the bureau has not destroyed, and ceremonies, newest first."""
    closed = await service(request).city.key_store.closed_because()
    async with reading(request) as work:
        found = await views.overview(work)
        names = await _names(work, found.ceremonies)
        return CardKeys(
            closed or None,
            [_version(one, found) for one in found.versions],
            [_hand_out(one, work.present_day) for one in found.hand_outs],
            [_ceremony(one, names, work.actor.name) for one in found.ceremonies],
        )


@post(
    "/card-keys/ceremonies",
    status_code=CREATED,
    **protected("keys.govern", "keys", "发起密钥仪式 · Open a ceremony", keyed=True,
                refuses=(*STEPS, errors.CeremonyUnderWay, errors.NoCardKeys)),
)  # fmt: skip
async def begin(
    request: Call, data: JSONBody[CeremonyBody], key: RequestKey = None
) -> Response[CeremonyView]:
    """Open a ceremony; nothing happens to any key before another officer approves it."""
    asked = Asked(
        data.kind, NUMBERS[data.algorithm], data.reason, data.version, Level(data.top),
        bytes.fromhex(data.expected or ""), _component(data.component),
    )  # fmt: skip

    async def act(work: Work) -> CeremonyView:
        return await _told(work, await commands.begin(work, service(request).keys, asked))

    return await write(request, key, data, act, status=CREATED)


@get(
    "/card-keys/ceremonies/{ceremony_id:int}",
    **protected("keys.read", "keys", "一项密钥仪式及其记录 · A ceremony with its record", refuses=ONE),
)
async def ceremony(request: Call, ceremony_id: PathId) -> CeremonyWithRecord:
    """Give a ceremony with its record, for the screen and for paper."""
    async with reading(request) as work:
        found, records = await views.ceremony(work, ceremony_id)
        names = await _names(work, [found], [one.actor for one in records])
        return CeremonyWithRecord(
            _ceremony(found, names, actor(request).name), [_record(one, names) for one in records]
        )


@post(
    "/card-keys/ceremonies/{ceremony_id:int}/approval",
    status_code=200,
    **protected("keys.govern", "keys", "批准密钥仪式 · Approve a ceremony", keyed=True,
                refuses=(*ONE, *STEPS, errors.SecondOfficerNeeded)),
)  # fmt: skip
async def approve(
    request: Call, ceremony_id: PathId, data: JSONBody[ApprovalBody], key: RequestKey = None
) -> Response[CeremonyView]:
    """Approve another officer's ceremony: it is carried out at once."""
    part = _component(data.component)

    async def act(work: Work) -> CeremonyView:
        return await _told(work, await commands.approve(work, service(request).keys, ceremony_id, part))

    return await write(request, key, data, act)


@post(
    "/card-keys/ceremonies/{ceremony_id:int}/withdrawal",
    status_code=200,
    **protected("keys.govern", "keys", "撤回密钥仪式 · Withdraw a ceremony", keyed=True,
                refuses=(*ONE, TransitionRefused, errors.CardKeysClosed)),
)  # fmt: skip
async def withdraw(request: Call, ceremony_id: PathId, key: RequestKey = None) -> Response[CeremonyView]:
    """Withdraw a ceremony that nobody has approved; any key officer may."""

    async def act(work: Work) -> CeremonyView:
        return await _told(work, await commands.withdraw(work, service(request).keys, ceremony_id))

    return await write(request, key, None, act)


def _component(given: ComponentBody | None) -> Component | None:
    if given is None:
        return None
    try:
        return Component(bytes.fromhex(given.part), bytes.fromhex(given.check))
    except ValueError:  # An odd number of digits between two blanks.
        raise errors.CheckValueDiffers("分量 · component") from None


async def _told(work: Work, one: CeremonyRow) -> CeremonyView:
    return _ceremony(one, await _names(work, [one]), work.actor.name)


async def _names(work: Work, ceremonies: Any, more: Any = ()) -> dict[str, str]:
    """Give log-ins of staff by the names that actors have; what is none of the staff's keeps its own."""
    actors = {name for one in ceremonies for name in (one.opened_by, one.closed_by) if name} | set(more)
    ids = {int(name.removeprefix("staff:")) for name in actors if name.startswith("staff:")}
    found = await members.staff_by_ids(work, ids)
    return {name: name for name in actors} | {f"staff:{one}": member.login for one, member in found.items()}


def _version(one: Version, found: Overview) -> KeyVersion:
    mine = (one.algorithm, one.version)
    keys = [
        CheckedKey(Level(key.level), key.number, key.check_value.hex().upper())
        for key in found.keys
        if (key.algorithm, key.version) == mine
    ]
    uses = [_use(use) for use in found.uses if (use.algorithm, use.version) == mine]
    return KeyVersion(
        NAMES[one.algorithm], one.version, KeySet(one.status), Level(one.top), one.created_at, one.in_force_at,
        one.former_at, one.destroyed_at, keys, uses, views.possible(one),
    )  # fmt: skip


def _use(one: Used) -> PurposeUse:
    return PurposeUse(one.purpose, one.uses, one.cards, one.cards_today)


def _hand_out(one: HandedOut, on: date) -> HandOutView:
    return HandOutView(
        str(one.batch_id), NAMES[one.algorithm], one.version, HandOut(one.status), one.cards, one.used, one.handed_at,
        one.due_on, one.confirmed_at, one.status == HandOut.OUTSTANDING and one.due_on < on,
    )  # fmt: skip


def _ceremony(one: CeremonyRow, names: dict[str, str], me: str) -> CeremonyView:
    return CeremonyView(
        str(one.ceremony_id), Kind(one.kind), NAMES[one.algorithm], one.version, Ceremony(one.status),
        Level(one.top) if one.top else None, one.expected_check.hex().upper() if one.expected_check else None,
        one.reason, names[one.opened_by], one.opened_at, one.lapses_at,
        names[one.closed_by] if one.closed_by else None, one.closed_at, one.opened_by == me,
    )  # fmt: skip


def _record(one: Record, names: dict[str, str]) -> RecordView:
    return RecordView(
        str(one.record_id),
        one.at,
        names[one.actor],
        one.action,
        msgspec.json.decode(one.facts),
        one.digest.hex(),
    )


HANDLERS: tuple[Any, ...] = (card_keys, begin, ceremony, approve, withdraw)
