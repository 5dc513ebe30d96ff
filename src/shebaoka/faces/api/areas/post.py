"""The post as its operator sees it: manifests to look at and print again, what lies at which outlet, and whether it adds up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.tables import Form, table
from shebaoka.faces.api.wire import Cursor, InstitutionRef, Limit, Page, PathId, page_of, references
from shebaoka.issuing.delivery import views
from shebaoka.issuing.delivery.model import Label, Manifest, ManifestLine
from shebaoka.issuing.delivery.states import Status

OUTLETS_MAX: Final = 1_000
COLUMNS: Final = ("序号", "邮件号", "收件人", "手机号码", "寄送地址", "备用网点", "状态")  # fmt: skip
Outlets = Annotated[int, QueryParameter(ge=1, le=OUTLETS_MAX, description="网点数 · how many outlets")]


class ManifestView(msgspec.Struct, frozen=True):
    """Parcels handed to the courier together. `unanswered`: sent, and not answered for; they are sent again."""

    manifest_id: str
    prepared_at: datetime
    sent_at: datetime | None
    parcels: int
    accepted: int
    refused: int
    unanswered: int


class ManifestRow(msgspec.Struct, frozen=True):
    """A parcel of a manifest as the courier was told. `status` null: it has gone out again since, and its label with it."""

    waybill: str
    recipient: str
    mobile: str
    address: str
    fallback_outlet: str
    status: Status | None


class WholeManifest(msgspec.Struct, frozen=True):
    """A manifest, line by line."""

    manifest: ManifestView
    items: list[ManifestRow]


class OutletLine(msgspec.Struct, frozen=True):
    """What lies at an outlet: waiting (overdue ones too), overdue, to be sent back, and the day the oldest came."""

    outlet: InstitutionRef | None
    waiting: int
    overdue: int
    recalled: int
    oldest_on: date | None


class OutletLines(msgspec.Struct, frozen=True):
    """What lies at outlets, those with the most overdue cards first."""

    items: list[OutletLine]


class ReconciliationView(msgspec.Struct, frozen=True):
    """What the courier took, by manifest, against where it is, parcel by parcel; `difference` must be 0.

    `handed_over` = `sent_again` (earlier sendings of parcels that went out anew) + all of `by_status`.
    """

    handed_over: int
    sent_again: int
    by_status: dict[str, int]
    difference: int


@get(
    "/manifests",
    **protected("production.run", "delivery", "交寄清单 · Manifests"),
)
async def manifests(request: Call, cursor: Cursor = None, limit: Limit = 50) -> Page[ManifestView]:
    """Give the manifests handed to the courier, newest first."""
    async with reading(request) as work:
        found = await views.manifests(work, cursor, limit)
    return page_of([_manifest(one) for one in found], found[-1].manifest_id if len(found) == limit else None)


@get(
    "/manifests/{manifest_id:int}",
    **protected("production.run", "delivery", "查看或重印交寄清单 · Look at a manifest or print it again", refuses=ONE,
                answer=WholeManifest),
)  # fmt: skip
async def manifest(request: Call, manifest_id: PathId, form: Form = "json") -> Response[Any]:
    """Give a manifest as it was handed over, with the labels as they are now. It names people: each look is recorded."""
    async with reading(request) as work:
        found, lines = await views.manifest(work, manifest_id)
        work.record_many("parcel.label_seen", [(one.person_id, one.parcel_id) for one in lines])
    rows = [_row(one) for one in lines]
    if form == "json":
        return Response(WholeManifest(_manifest(found), rows))
    cells = ((place, *msgspec.structs.astuple(row)) for place, row in enumerate(rows, start=1))
    return table(f"manifest-{manifest_id}", COLUMNS, cells)


@get(
    "/parcels/outlets",
    **protected("production.run", "delivery", "各网点待领情况 · What lies at which outlet"),
)
async def outlets(request: Call, limit: Outlets = 200) -> OutletLines:
    """Count the cards that lie at each outlet: waiting, overdue, to be sent back."""
    programme = await service(request).programme()
    async with reading(request) as work:
        found = (await views.outlet_counts(work, programme))[:limit]
        named = await references(work, [one.outlet_id for one in found])
    return OutletLines([
        OutletLine(named.get(one.outlet_id), one.waiting, one.overdue, one.recalled, one.oldest_on) for one in found
    ])  # fmt: skip


@get(
    "/parcels/reconciliation",
    **protected("production.run", "delivery", "交寄对账 · Whether the parcels add up"),
)
async def reconciliation(request: Call) -> ReconciliationView:
    """Count what the courier took and where it is now."""
    async with reading(request) as work:
        found = await views.reconcile(work)
    by_status = {status.value: parcels for status, parcels in sorted(found.by_status.items())}
    return ReconciliationView(found.handed_over, found.sent_again, by_status, found.difference)


def _manifest(one: Manifest) -> ManifestView:
    unanswered = one.parcels - one.accepted - one.refused if one.sent_at else 0
    return ManifestView(
        str(one.manifest_id), one.prepared_at, one.sent_at, one.parcels, one.accepted, one.refused, unanswered
    )


def _row(one: ManifestLine) -> ManifestRow:
    label = one.label or Label("", "", "", "")
    return ManifestRow(
        one.waybill, label.recipient, label.mobile, label.address, label.fallback_outlet,
        Status(one.parcel.status) if one.parcel else None,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (manifests, manifest, outlets, reconciliation)
