"""`shebaoka card loss`: when the counters and the hotline cannot."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.cards import commands, views
from shebaoka.cards.model import Card, Generation, LossReport, Outlet
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.registry.institutions.model import CARD_CENTRE
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as programmes

app = typer.Typer(
    no_args_is_help=True, help="挂失与解挂（社会保障功能） · loss reports of the social-security function"
)
HERE: Final = Outlet(CARD_CENTRE)
"""An operator acts for the card centre: what it may do is a rule (`loss`)."""
CardNumber = Annotated[str | None, typer.Option("--card-number", help="社保卡卡号 · card number")]
IdNumber = Annotated[
    str | None,
    typer.Option(
        "--id-number", help="证件号码，指当前有效的卡 · ID number of the holder: the live card is meant"
    ),
]
Which = Annotated[
    Generation | None,
    typer.Option(
        "--generation", help="与 --id-number 同用：老卡或新卡 · with --id-number: the old or the new card"
    ),
]


@app.command("report")
def report(
    card_number: CardNumber = None,
    id_number: IdNumber = None,
    generation: Which = None,
    *,
    formal: Annotated[
        bool,
        typer.Option("--formal", help="书面挂失，没有期限；缺省为口头挂失 · without end; default: temporary"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """挂失一张卡，口头挂失到期自动解挂 · Report a card lost; a temporary report ends by itself. It is audited."""

    async def act(city: City) -> Card:
        async with city.database.work(OPERATOR) as work:
            card = await _meant(work, card_number, id_number, generation)
            asked = LossReport(card.person_id, card.card_id, "formal" if formal else "temporary", HERE)
            return await commands.report_loss(work, await programmes.load(work), asked)

    _one_of(card_number, id_number)
    with refusals(as_json) as settings:
        _tell(with_city(settings, act), as_json)


@app.command("lift")
def lift(
    card_number: CardNumber = None,
    id_number: IdNumber = None,
    generation: Which = None,
    *,
    as_json: AsJson = False,
) -> None:
    """解挂：卡恢复挂失前的状态 · Lift a loss report: the card is what it was before. It is audited."""

    async def act(city: City) -> Card:
        async with city.database.work(OPERATOR) as work:
            card = await _meant(work, card_number, id_number, generation)
            return await commands.lift_loss(
                work, await programmes.load(work), card.person_id, card.card_id, HERE
            )

    _one_of(card_number, id_number)
    with refusals(as_json) as settings:
        _tell(with_city(settings, act), as_json)


def _one_of(card_number: str | None, id_number: str | None) -> None:
    if (card_number is None) == (id_number is None):
        raise typer.BadParameter(
            "请给出 --card-number 或 --id-number 之一 · give one of --card-number and --id-number"
        )


async def _meant(
    work: Work, card_number: str | None, id_number: str | None, generation: Generation | None
) -> Card:
    if card_number is not None:
        card = await views.find(work, card_numbers.parse(card_number))
    else:
        holder = await people.find(work, id_number or "")
        held = await views.of_people(work, [holder.person_id]) if holder else {}
        card = views.meant(held.get(holder.person_id, []), generation) if holder else None
    if card is None:
        raise NotFound("卡 · card")
    return card


def _tell(card: Card, as_json: bool) -> None:
    shown: dict[str, Any] = {
        "card_id": str(card.card_id), "card_number": card.card_number, "generation": card.generation,
        "social": card.social, "financial": card.financial, "loss": card.loss, "lost_at": card.lost_at,
        "lost_until": card.loss_until,
    }  # fmt: skip
    if as_json:
        say_json(msgspec.to_builtins(shown))
        return
    until = card.loss_until.astimezone(SHANGHAI) if card.loss_until else None
    words = {
        None: "未挂失 · not reported lost",
        "formal": "书面挂失，没有期限 · formally lost, without end",
        "temporary": f"口头挂失至 · temporarily lost until {until:%Y-%m-%d %H:%M}" if until else "",
    }
    say(f"{card.card_number}: {card.social} — {words[card.loss]}")
