"""`shebaoka card`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from shebaoka.cards import views
from shebaoka.cards.model import Standing
from shebaoka.cli import losses, terminals, unopened
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.production import views as production
from shebaoka.kit.city import City
from shebaoka.printing.face import Face, SideName, composed
from shebaoka.registry.programme import views as programmes

app = typer.Typer(no_args_is_help=True, help="卡片 · cards")


app.add_typer(losses.app, name="loss")
app.command("unopened")(unopened.unopened)
app.command("read")(terminals.read)
app.command("readers")(terminals.readers)
app.command("virtual")(terminals.virtual)


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


@app.command()
def face(
    order_id: Annotated[int, typer.Argument(help="制卡订单编号 · number of the production order")],
    target: Annotated[Path, typer.Argument(help="写入的 PNG 文件 · PNG file to write", dir_okay=False)],
    side: Annotated[SideName, typer.Option(help="正面或背面 · which side")] = "front",
    reason: Annotated[
        str | None,
        typer.Option(
            help="查看完整卡面的事由，记入审计；不给则遮蔽 · why the face is looked at in full, for the audit log; else it is masked"
        ),
    ] = None,
    *,
    print_only: Annotated[
        bool, typer.Option("--print-only", help="不画预印内容 · without what the blank carries already")
    ] = False,
) -> None:
    """把一张卡的卡面画成 PNG（300 dpi）· Draw the face of an ordered card as PNG. The look is audited."""

    async def act(city: City) -> Face:
        async with city.database.work(OPERATOR) as work:
            return await production.face(work, city.settings.division_code, order_id, reason)

    with refusals() as settings:
        drawn = composed(with_city(settings, act), side, stock=not print_only)
    target.touch(mode=0o600)
    target.write_bytes(drawn)
    say(f"{target}: {len(drawn):,} 字节 · bytes")
