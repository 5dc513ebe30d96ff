"""`shebaoka benefits away | register-away | end-away`: registration for care in another province."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.model import Registering, Registration
from shebaoka.benefits.cross_province.places import named
from shebaoka.benefits.cross_province.words import KINDS, STATUSES
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.cli.settling import document
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import id_number as numbers
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as rules
from shebaoka.registry.programme.model import AwayDocument, AwayKind

Who = Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")]
PAPERS: Final[dict[AwayKind, tuple[AwayDocument, ...]]] = {
    "resettled": ("residence_proof",),
    "referral": ("referral_letter",),
}


def register(app: typer.Typer) -> None:
    """Add these commands to `shebaoka benefits`."""
    for name, command in (("away", away), ("register-away", register_away), ("end-away", end_away)):
        app.command(name)(command)


def away(*, id_number: Who, as_json: AsJson = False) -> None:
    """一个人的异地就医备案，查看留痕 · Somebody's registrations for care in another province; the look is audited."""

    async def act(work: Work, _: City, person_id: int) -> list[Registration]:
        work.record(person_id, "cross_province.seen", person_id)
        return await views.registrations(work, person_id)

    _say(_done(id_number, act, as_json), as_json)


def register_away(
    *,
    id_number: Who,
    kind: Annotated[
        AwayKind,
        typer.Option(help="异地安置退休人员或转诊 · retired and settled there, or referred"),
    ],
    place: Annotated[str, typer.Option(help="就医地六位区划代码 · six digits of the place of care")],
    number: Annotated[
        str, typer.Option("--as", help="本次备案编号，重复执行结果不变 · number of this registration")
    ],
    seen: Annotated[
        bool,
        typer.Option("--seen", help="规则要求的材料已查验 · the documents that the rules ask for were seen"),
    ] = False,
    from_on: Annotated[
        date | None,
        typer.Option("--from", parser=as_date, help="起始日，缺省今天 · first day; default today"),
    ] = None,
    until_on: Annotated[
        date | None,
        typer.Option("--until", parser=as_date, help="截止日，缺省按规则 · last day; default the rules'"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """按今天的规则办理异地就医备案 · Register somebody for care in another province, by the rules of today."""

    async def act(work: Work, city: City, person_id: int) -> list[Registration]:
        asked = Registering(
            person_id=person_id, kind=kind, place=place, registrar="centre", number=number,
            from_on=from_on or work.today, until_on=until_on, documents=PAPERS[kind] if seen else (),
        )  # fmt: skip
        programme = await rules.load(work)
        return [await commands.register(work, programme, city.settings.division_code, asked)]

    _say(_done(id_number, act, as_json), as_json)


def end_away(
    registration: Annotated[int, typer.Argument(help="备案编号 · number of the registration")],
    *,
    id_number: Who,
    reason: Annotated[str, typer.Option(help="原因 · why")],
    as_json: AsJson = False,
) -> None:
    """从今天起撤销一条备案 · Withdraw a registration from today on."""

    async def act(work: Work, _: City, person_id: int) -> list[Registration]:
        return [await commands.withdraw(work, person_id, registration, reason)]

    _say(_done(id_number, act, as_json), as_json)


def _done(
    id_number: str, act: Callable[[Work, City, int], Awaitable[list[Registration]]], as_json: bool
) -> list[Registration]:
    async def acting(city: City) -> list[Registration]:
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            parsed = numbers.parse(id_number, on=work.today, invented_allowed=invented)
            person = await people.find(work, parsed.text)
            if person is None:
                raise NotFound("证件号码 ID number")
            return await act(work, city, person.person_id)

    with refusals(as_json) as settings:
        return with_city(settings, acting)


def _say(found: list[Registration], as_json: bool) -> None:
    if as_json:
        rows: list[dict[str, Any]] = [document(msgspec.to_builtins(one)) for one in found]
        say_json({"registrations": rows})
        return
    for one in found:
        (kind, _), (place, _), (status, status_en) = KINDS[one.kind], named(one.place), STATUSES[one.status]
        say(
            f"{one.registration_id}  {kind} {one.kind}  {place} {one.place}  {one.from_on} – {one.until_on or '长期 no end'}  {status} {status_en}"
        )
    if not found:
        say("没有备案 · no registration")
