"""Cards that their holders have and have not opened: lists by district, bank and employer, and counts without people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from shebaoka.cards import views
from shebaoka.cards.model import Unopened, UnopenedOf
from shebaoka.faces.api.access import scope
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.wire import (
    NEXT,
    ROWS,
    Cursor,
    FileLimit,
    Holder,
    InstitutionRef,
    Limit,
    Page,
    institution_of,
    own_institution,
    page_of,
    references,
    rows_csv,
)
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, EMPLOYER
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import Scope

Filter = Annotated[
    str | None,
    QueryParameter(
        max_length=64, required=False, description="机构或区的代码 · code of an institution or a district"
    ),
]
Form = Annotated[
    Literal["json", "csv"], QueryParameter(name="format", description="JSON 或表格 · JSON or a table")
]
COLUMNS: Final = (
    "姓名", "证件号码", "服务银行", "区", "单位", "领卡日期", "未开通天数", "最近提醒",
)  # fmt: skip


class UnopenedCard(msgspec.Struct, frozen=True):
    """A card in its holder's hand that is not open: for how many days, and when the holder was last reminded."""

    card_id: str
    holder: Holder
    bank: InstitutionRef | None
    district: str | None
    employer: InstitutionRef | None
    received_on: date
    age_days: int
    reminded_on: date | None


class EmployerCount(msgspec.Struct, frozen=True):
    """How many of an employer's people have not opened their cards."""

    employer: InstitutionRef | None
    cards: int


class UnopenedFigures(msgspec.Struct, frozen=True):
    """Unopened cards in people's hands, without people. `by_age`: under the first reminder day, from each of them on."""

    at: datetime
    cards: int
    by_age: dict[str, int]
    by_district: dict[str, int]
    by_bank: dict[str, int]
    employers: list[EmployerCount]


@get(
    "/cards/unopened",
    **protected("card.unopened", "cards", "已领未开通的卡片 · Cards that are held and not open", refuses=(*ONE, Forbidden)),
)  # fmt: skip
async def unopened(
    request: Call,
    bank: Filter = None,
    employer: Filter = None,
    district: Filter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[UnopenedCard]:
    """Give cards in their holders' hands that are not open, oldest card first, of a district, bank or employer.

    A bank sees its own cards, an employer its own people's, the card centre all. Every look is recorded.
    """
    async with reading(request) as work:
        found = await _found(request, work, (bank, employer, district), cursor, limit)
        shown = await _shown(work, found)
    return page_of(shown, found[-1].card_id if len(found) == limit else None)


@get(
    "/cards/unopened/file",
    media_type="text/csv",
    **protected("card.unopened", "cards", "下载已领未开通的卡片名单 · Download the list of unopened cards",
                refuses=(*ONE, Forbidden)),
)  # fmt: skip
async def unopened_file(
    request: Call,
    bank: Filter = None,
    employer: Filter = None,
    district: Filter = None,
    cursor: Cursor = None,
    limit: FileLimit = ROWS,
) -> Response[bytes]:
    """Give the same as CSV (UTF-8 with the mark that Excel looks for); `X-Next-Cursor` says where the next file begins."""
    async with reading(request) as work:
        found = await _found(request, work, (bank, employer, district), cursor, limit)
        shown = await _shown(work, found)
    more = {NEXT: str(found[-1].card_id)} if len(found) == limit else {}
    return Response(
        _csv(shown), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="unopened.csv"', **more},
    )  # fmt: skip


@get(
    "/cards/unopened/figures",
    **protected("report.read", "figures", "未开通统计 · Figures of unopened cards", answer=UnopenedFigures),
)
async def unopened_figures(request: Call, form: Form = "json") -> Response[Any]:
    """Count unopened cards in people's hands by age, district and bank, and name the employers with the most of them."""
    async with reading(request) as work:
        days = (await load(work)).opening_reminders(work.today).days
        counts = await views.unopened_counts(work, days)
        employers = await views.unopened_by_employer(work)
        named = await references(work, {one.bank_id for one in counts} | {one for one, _ in employers})
        bands = ["0", *map(str, days)]
        by_age, by_district, by_bank = Counter(dict.fromkeys(bands, 0)), Counter[str](), Counter[str]()
        for one in counts:
            by_age[bands[one.band]] += one.cards
            by_district[one.district_code or ""] += one.cards
            by_bank[named[one.bank_id].code] += one.cards
        found = UnopenedFigures(
            work.now, by_age.total(), dict(by_age), dict(sorted(by_district.items())), dict(sorted(by_bank.items())),
            [EmployerCount(named.get(one), cards) for one, cards in employers],
        )  # fmt: skip
    return Response(found) if form == "json" else _figures_csv(found)


def _figures_csv(found: UnopenedFigures) -> Response[bytes]:
    rows: list[tuple[str, str, int]] = []
    for by, counts in (("age", found.by_age), ("district", found.by_district), ("bank", found.by_bank)):
        rows += [(by, value, cards) for value, cards in counts.items()]
    rows += [("employer", one.employer.name_zh if one.employer else "", one.cards) for one in found.employers]
    return Response(
        as_csv(("by", "value", "cards"), rows), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="unopened-figures.csv"'},
    )  # fmt: skip


async def _found(
    request: Call, work: Work, asked: tuple[str | None, ...], cursor: int | None, limit: int
) -> list[Unopened]:
    bank, employer, district = asked
    of = UnopenedOf(
        district,
        (await institution_of(work, bank)).institution_id if bank else None,
        (await institution_of(work, employer)).institution_id if employer else None,
    )
    if scope(request) is not Scope.ALL:
        of = _own(work, of, await _own_part(work))
    return await views.unopened(work, of, cursor or 0, limit)


async def _own_part(work: Work) -> UnopenedOf:
    """Give what the actor's organisation may see: its bank's cards, or its people's."""
    own = await own_institution(work)
    banks = {BANK: own.institution_id, BANK_OUTLET: own.parent_id}
    return UnopenedOf(
        bank_id=banks.get(own.kind), employer_id=own.institution_id if own.kind == EMPLOYER else None
    )


def _own(work: Work, asked: UnopenedOf, own: UnopenedOf) -> UnopenedOf:
    """Give what was asked for within one's own; a reach for another bank's or employer's is refused."""
    if own.bank_id is None and own.employer_id is None:
        raise Forbidden(permission="card.unopened", role=work.actor.role)
    for mine, wanted in ((own.bank_id, asked.bank_id), (own.employer_id, asked.employer_id)):
        if mine is not None and wanted is not None and wanted != mine:
            raise Forbidden(permission="card.unopened", role=work.actor.role)
    return UnopenedOf(asked.district, own.bank_id or asked.bank_id, own.employer_id or asked.employer_id)


async def _shown(work: Work, found: Sequence[Unopened]) -> list[UnopenedCard]:
    identities = await people.identities(work, {one.person_id for one in found})
    named = await references(work, {number for one in found for number in (one.bank_id, one.employer_id)})
    return [
        UnopenedCard(
            str(one.card_id), Holder.of(identities[one.person_id]), named.get(one.bank_id), one.district_code,
            named.get(one.employer_id or 0), one.received_on, (work.today - one.received_on).days, one.reminded_on,
        )
        for one in found
    ]  # fmt: skip


def _csv(shown: Sequence[UnopenedCard]) -> bytes:
    return rows_csv(COLUMNS, [
        (
            one.holder.name_masked, one.holder.id_number_masked, _name(one.bank), one.district or "", _name(one.employer),
            one.received_on, one.age_days, one.reminded_on or "",
        )
        for one in shown
    ])  # fmt: skip


def _name(one: InstitutionRef | None) -> str:
    return one.name_zh if one else ""


HANDLERS: tuple[Any, ...] = (unopened, unopened_file, unopened_figures)
