"""`shebaoka benefits catalogue`: the items that medical insurance pays for, as the agency gives them out."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer

from shebaoka.benefits.insurance import commands, views
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.errors import CatalogueRefused
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.kit.city import City
from shebaoka.kit.clock import today
from shebaoka.registry.programme.model import CatalogueClass

app = typer.Typer(no_args_is_help=True, help="医保目录 · the catalogue of items")
CLASSES: Final[dict[str, CatalogueClass]] = {one: one for one in get_args(CatalogueClass)}
ITEMS_MAX: Final = 500_000
AT_ONCE: Final = 5_000
WHOLE: Final = 100
DIGITS_MAX: Final = 10


@app.command("load")
def load(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="项目（CSV，UTF-8）· items: code, since, name, class (full, shared, own), charge_type, price_limit, prepay_percent",
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """登记目录项目，同一编码同一起始日的被替换 · Note items of the catalogue; the same code and first day replaces."""
    with refusals(as_json) as settings:
        items = read(file)

        async def act(city: City) -> int:
            async with city.database.work(OPERATOR) as work:
                for first in range(0, len(items), AT_ONCE):
                    await commands.note_items(work, items[first : first + AT_ONCE])
            return len(items)

        noted = with_city(settings, act)
    say_json({"items": noted}) if as_json else say(f"已登记 · noted: {noted:,}")


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(help="项目编码 · code of the item")],
    on: Annotated[
        date | None,
        typer.Option(parser=as_date, help="哪一天，缺省今天 · which day; default today"),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """一个项目在某日的目录规定；目录外为全部自费 · What the catalogue says of an item on a day; an item it lacks is wholly one's own."""

    async def act(city: City) -> Listed | None:
        async with city.database.work(OPERATOR) as work:
            day = on or today(city.clock)
            return (await views.items(work, [(code, day)])).get((code, day))

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"item": found})
    elif found is None:
        say(f"{code}：不在目录内，全部自费 · not in the catalogue: wholly one's own")
    else:
        limit = "" if found.price_limit is None else f"  限价 limit {found.price_limit}"
        say(f"{found.code}  {found.name}  {found.catalogue_class}  自 since {found.since}{limit}")


def read(file: Path) -> list[Listed]:
    """Read items from CSV. Raises CatalogueRefused, which names row and column."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueRefused(f"不是 UTF-8 编码的 CSV · no CSV in UTF-8: {error}") from None
    if not 0 < len(rows) <= ITEMS_MAX:
        raise CatalogueRefused(f"应有 1 至 {ITEMS_MAX:,} 行 · 1 to {ITEMS_MAX:,} rows: {len(rows):,}")
    return [_item(n, row) for n, row in enumerate(rows, 2)]


def _item(n: int, row: dict[str, Any]) -> Listed:
    def cell(name: str, longest: int, *, needed: bool = True) -> str:
        text = (row.get(name) or "").strip()
        if (needed and not text) or len(text) > longest:
            raise CatalogueRefused(f"第{n}行 {name} 缺少或过长 · row {n}: {name} is missing or too long")
        return text

    def wrong(name: str) -> CatalogueRefused:
        return CatalogueRefused(f"第{n}行 {name} 有误 · row {n}: {name} is wrong")

    limit, percent = cell("price_limit", 20, needed=False), cell("prepay_percent", 3, needed=False)
    item_class = CLASSES.get(cell("class", 10))
    if item_class is None:
        raise wrong("class")
    try:
        since = date.fromisoformat(cell("since", 10))
    except ValueError:
        raise wrong("since") from None
    try:
        price = Decimal(limit) if limit else None
    except InvalidOperation:
        raise wrong("price_limit") from None
    if price is not None and not (price.is_finite() and 0 <= price < 10**DIGITS_MAX):
        raise wrong("price_limit")
    if percent and not (percent.isdecimal() and int(percent) <= WHOLE):
        raise wrong("prepay_percent")
    return Listed(cell("code", 64), since, cell("name", 200), item_class, cell("charge_type", 6), price,
                  int(percent) if percent else None)  # fmt: skip
