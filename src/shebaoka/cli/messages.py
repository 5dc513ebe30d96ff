"""`shebaoka messages`: what became of messages to people."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.service.messages import views
from shebaoka.service.messages.commands import send_again, send_again_all
from shebaoka.service.messages.model import TO_BE_MENDED, Count, GivenUp, Reason, Standing

app = typer.Typer(no_args_is_help=True, help="短信与站内消息 · messages to people")
MENDED = ", ".join(TO_BE_MENDED)


@app.command("queue")
def show_queue(
    days: Annotated[int, typer.Option(min=1, max=366, help="统计最近多少天 · of the last so many days")] = 7,
    *,
    as_json: AsJson = False,
) -> None:
    """待发、失败与近日各类消息数 · What waits, what was given up, and the messages of the last days by kind and status."""

    async def act(city: City) -> tuple[Standing, list[Count]]:
        async with city.database.work(OPERATOR) as work:
            return await views.standing(work), await views.counts(work, work.now - timedelta(days=days))

    with refusals(as_json) as settings:
        stands, counts = with_city(settings, act)
    if as_json:
        say_json({"standing": stands, "counts": counts})
        return
    since = f"，最早 oldest {stands.oldest_due_at:%Y-%m-%d %H:%M}" if stands.oldest_due_at else ""
    say(f"待发 queued {stands.queued}{since}；未能发出 given up {stands.given_up}")
    for one in counts:
        say(f"  {one.kind:22} {one.channel:4} {one.status:10} {one.messages}")


@app.command("exceptions")
def list_exceptions(
    reason: Annotated[Reason | None, typer.Option(help="只列此原因 · only for this reason")] = None,
    after: Annotated[int, typer.Option(help="从此编号之后续列 · go on after this number")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """列出未能发出的短信（不含收件人）· Text messages that were given up, oldest first; whom they are for is not shown."""

    async def act(city: City) -> list[GivenUp]:
        async with city.database.work(OPERATOR) as work:
            return await views.given_up(work, reason, after)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"messages": [{"message_id": str(one.message_id), "kind": one.kind, "reason": one.reason,
                                "attempts": one.attempts, "updated_at": one.updated_at} for one in found]})  # fmt: skip
        return
    for one in found:
        say(f"{one.message_id}  {one.kind:22} {one.reason:12} {one.updated_at:%Y-%m-%d %H:%M}")


@app.command("send-again")
def send_messages_again(
    message_ids: Annotated[list[int] | None, typer.Argument(help="消息编号 · numbers of messages")] = None,
    reason: Annotated[
        Reason | None,
        typer.Option(
            "--all", help=f"重发因此失败的全部短信 · all that were given up for this reason: {MENDED}"
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """重发短信：排除原因后，下次 jobs run 发出 · Queue messages again; the next `jobs run` sends them."""
    if bool(message_ids) == (reason is not None):
        raise typer.BadParameter(
            "请给出消息编号，或用 --all 给出原因 · give numbers of messages, or a reason with --all"
        )

    async def act(city: City) -> int:
        queued = 0
        if reason is not None:
            while again := await _some(city, reason):
                queued += again
            return queued
        async with city.database.work(OPERATOR) as work:
            for message_id in message_ids or ():
                await send_again(work, message_id)
                queued += 1
        return queued

    with refusals(as_json) as settings:
        queued = with_city(settings, act)
    if as_json:
        say_json({"queued": queued})
    else:
        say(f"已排入待发 queued again: {queued}")


async def _some(city: City, reason: Reason) -> int:
    async with city.database.work(OPERATOR) as work:
        return await send_again_all(work, reason)
