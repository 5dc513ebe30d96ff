"""`shebaoka parcels`: what lies at outlets, what a person must look at, what goes back, and whether it adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.delivery import views
from shebaoka.issuing.delivery.commands import look_due
from shebaoka.issuing.delivery.model import (
    DeliveryException,
    Manifest,
    ManifestLine,
    OutletCount,
    Reconciliation,
    Tracked,
    WaitingCounts,
)
from shebaoka.kit.city import City
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.views import load

app = typer.Typer(no_args_is_help=True, help="邮件与待领卡片 · parcels, and cards that wait at outlets")
COLUMNS: Final = ("邮件号", "收件人", "手机号码", "寄送地址", "备用网点", "状态")  # fmt: skip
Counted = list[tuple[Institution | None, OutletCount]]


@app.command("waiting")
def waiting(*, as_json: AsJson = False) -> None:
    """各网点待领、逾期、待退卡片数 · What lies at each outlet, the most overdue first."""
    with refusals(as_json) as settings:
        counted = with_city(settings, _counted)
    if as_json:
        say_json({"outlets": [_outlet(*one) for one in counted]})
        return
    for place, one in counted:
        name = f"{place.code} {place.name_zh}" if place else str(one.outlet_id)
        say(f"{name}: 待领 waiting {one.waiting}，逾期 overdue {one.overdue}，待退 to be sent back {one.recalled}，"
            f"最早 oldest {one.oldest_on or '-'}")  # fmt: skip


@app.command("exceptions")
def exceptions(*, as_json: AsJson = False) -> None:
    """需人工处理的邮件，最久的在前 · Parcels that a person must look at, oldest first. It is audited."""

    async def act(city: City) -> list[DeliveryException]:
        async with city.database.work(OPERATOR) as work:
            found = await views.exceptions(work)
            work.record_many(
                "parcel.looked_at",
                [(one.parcel.person_id, one.parcel.parcel_id) for one in found if one.parcel],
            )
            return found

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"parcels": [{"why": one.why, "waybill": one.waybill, "since": one.since, "age_days": one.age_days}
                              for one in found]})  # fmt: skip
        return
    for one in found:
        say(f"{one.waybill:16} {one.why:16} {one.since:%Y-%m-%d} {one.age_days} 天 days")


@app.command("recall")
def recall(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出将退回的，不改动 · only list what would be recalled")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """提醒到期的待领人，召回逾期卡片（同 jobs run waiting）· Remind and recall what is due, as `jobs run waiting` does."""
    if dry_run:
        with refusals(as_json) as settings:
            overdue = [(place, one) for place, one in with_city(settings, _counted) if one.overdue]
        if as_json:
            say_json({"outlets": [_outlet(*one) for one in overdue]})
            return
        for place, one in overdue:
            say(f"{place.code if place else one.outlet_id}: 将召回 would be recalled {one.overdue}")
        say(f"合计 in all: {sum(one.overdue for _, one in overdue)}")
        return

    async def act(city: City) -> WaitingCounts:
        return await look_due(city.database)

    with refusals(as_json) as settings:
        done = with_city(settings, act)
    if as_json:
        say_json(done)
    else:
        say(f"提醒 reminded {done.reminded}，召回 recalled {done.recalled}")


@app.command("show")
def show(
    waybill: Annotated[str, typer.Argument(help="邮件号 · waybill")], *, as_json: AsJson = False
) -> None:
    """一个邮件及邮政告知的全部经过 · A parcel and all that the courier told of it. It is audited."""

    async def act(city: City) -> Tracked:
        async with city.database.work(OPERATOR) as work:
            found = await views.by_waybill(work, waybill)
            work.record(found.parcel.person_id, "parcel.looked_at", found.parcel.parcel_id, notes=True)
            return found

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    parcel = found.parcel
    if as_json:
        say_json({"waybill": parcel.waybill, "status": parcel.status, "updated_at": parcel.updated_at,
                  "arrived_on": parcel.arrived_on, "events": found.events})  # fmt: skip
        return
    say(f"{parcel.waybill}: {parcel.status} {parcel.updated_at:%Y-%m-%d %H:%M}")
    for one in found.events:
        say(f"  {one.occurred_at:%Y-%m-%d %H:%M} {one.kind:12} {one.outcome:16} {one.note}")


@app.command("manifests")
def manifests(*, as_json: AsJson = False) -> None:
    """最近的交寄清单 · The newest manifests: how many parcels the courier took and refused."""

    async def act(city: City) -> list[Manifest]:
        async with city.database.work(OPERATOR) as work:
            return await views.manifests(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"manifests": [_manifest(one) for one in found]})
        return
    for one in found:
        say(f"M{one.manifest_id}  {one.prepared_at:%Y-%m-%d %H:%M}  共 parcels {one.parcels}，收寄 accepted {one.accepted}，"
            f"拒收 refused {one.refused}")  # fmt: skip


@app.command("manifest")
def manifest(
    manifest_id: Annotated[int, typer.Argument(help="清单编号，不带 M · number, without M")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写入 CSV 文件 · write a CSV file")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """查看或重印一份交寄清单（含收件人信息，留审计记录）· A manifest again; it names people, and the look is audited."""

    async def act(city: City) -> tuple[Manifest, list[ManifestLine]]:
        async with city.database.work(OPERATOR) as work:
            whole, lines = await views.manifest(work, manifest_id)
            work.record_many("parcel.label_seen", [(one.person_id, one.parcel_id) for one in lines])
            return whole, lines

    with refusals(as_json) as settings:
        whole, lines = with_city(settings, act)
    rows = [_line(one) for one in lines]
    if output:
        output.write_bytes(as_csv(COLUMNS, rows))
    if as_json:
        say_json({**_manifest(whole), "lines": [dict(zip(LINE, row, strict=True)) for row in rows]})
    elif output:
        say(f"{output}: {len(rows)}")
    else:
        for row in rows:
            say("  ".join(row))


LINE: Final = ("waybill", "recipient", "mobile", "address", "fallback_outlet", "status")


@app.command("reconcile")
def reconcile(*, as_json: AsJson = False) -> None:
    """交寄对账：邮政收寄数等于各状态之和 · What the courier took against where it is. Exit code 1 when it does not add up."""

    async def act(city: City) -> Reconciliation:
        async with city.database.work(OPERATOR) as work:
            return await views.reconcile(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    by_status = {status.value: parcels for status, parcels in sorted(found.by_status.items())}
    if as_json:
        say_json({"handed_over": found.handed_over, "sent_again": found.sent_again, "by_status": by_status,
                  "difference": found.difference})  # fmt: skip
    else:
        say(f"交寄 handed over {found.handed_over} = 重寄前 sent again {found.sent_again}"
            + "".join(f" + {status} {parcels}" for status, parcels in by_status.items()))  # fmt: skip
        if found.difference:
            say(f"差额 difference {found.difference}")
    if found.difference:
        raise typer.Exit(1)


async def _counted(city: City) -> Counted:
    async with city.database.work(OPERATOR) as work:
        found = await views.outlet_counts(work, await load(work))
        named = await institutions.by_ids(work, {one.outlet_id for one in found})
        return [(named.get(one.outlet_id), one) for one in found]


def _outlet(place: Institution | None, one: OutletCount) -> dict[str, Any]:
    counts: dict[str, Any] = msgspec.to_builtins(one)
    del counts["outlet_id"]
    return {"outlet": place.code if place else str(one.outlet_id), **counts}


def _manifest(one: Manifest) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(one)
    return shown | {"manifest_id": str(one.manifest_id)}


def _line(one: ManifestLine) -> tuple[str, ...]:
    label = msgspec.structs.astuple(one.label) if one.label else ("", "", "", "")
    return (one.waybill, *label, one.parcel.status if one.parcel else "")
