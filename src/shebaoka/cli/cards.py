"""`shebaoka card`."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from shebaoka.cards import views
from shebaoka.cards.model import Standing
from shebaoka.cli import losses, unopened
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.registry.programme import views as programmes

app = typer.Typer(no_args_is_help=True, help="卡片 · cards")


app.add_typer(losses.app, name="loss")
app.command("unopened")(unopened.unopened)


@app.callback()
def cards() -> None:
    """卡片 · Cards."""


@app.command()
def standing(
    card_number: Annotated[str | None, typer.Option("--card-number", help="社保卡卡号 · card number")] = None,
    id_number: Annotated[
        str | None, typer.Option("--id-number", help="证件号码 · ID number of the holder")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """这张卡现在能用吗 · Is this card good now? The look is audited."""
    if (card_number is None) == (id_number is None):
        raise typer.BadParameter(
            "请给出 --card-number 或 --id-number 之一 · give one of --card-number and --id-number"
        )

    async def act(city: City) -> Standing:
        async with city.database.work(OPERATOR) as work:
            programme = await programmes.load(work)
            return await views.standing(work, programme, card_number=card_number, id_number=id_number)

    with refusals(as_json) as settings:
        answer = with_city(settings, act)
    if as_json:
        card_id = None if answer.card_id is None else str(answer.card_id)
        say_json(msgspec.to_builtins(answer) | {"card_id": card_id})
        return
    say(f"{'✓' if answer.good else '✗'} {answer.zh}\n  {answer.en}")
