"""`shebaoka production`: batches at the card bureau, their custody, those that were stopped, and the key that files are sealed with."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.production import commands, views
from shebaoka.issuing.production.model import BatchDetail, BatchLine, Custody
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.sm2_files import make_secret

app = typer.Typer(no_args_is_help=True, help="制卡批次与交接 · batches at the card bureau, and their custody")
BatchNumber = Annotated[int, typer.Argument(help="批次号 · number of the batch")]
Reason = Annotated[
    str,
    typer.Option(
        "--reason",
        help="与制卡中心核对的结果，写入交接记录 · what was cleared up with the bureau; it stays in the custody",
    ),
]
SHOWN: Final = 16


@app.command("key")
def key(*, as_json: AsJson = False) -> None:
    """本市与制卡中心交换文件的公钥；没有私钥时生成 · Our public key in the exchange; the secret one is made where there is none."""
    with refusals(as_json) as settings:
        path = settings.production_key_path
        public = make_secret(path).public.to_bytes().hex()
    if as_json:
        say_json({"file": str(path), "public_key": public})
    else:
        say(
            f"{public}\n私钥 secret key: {path}\n请将上面的公钥交给制卡中心 · give the bureau the public key above"
        )


@app.command("board")
def board(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="条数 · how many")] = 30,
    *,
    as_json: AsJson = False,
) -> None:
    """制卡批次，新的在前 · Batches, newest first."""

    async def act(city: City) -> list[BatchLine]:
        async with city.database.work(OPERATOR) as work:
            return await views.board(work, limit)

    with refusals(as_json) as settings:
        lines = with_city(settings, act)
    if as_json:
        say_json({"items": [_plain(one) for one in lines]})
        return
    for one in lines:
        say(_told(one))
    say(f"{len(lines)} 批 batches")


@app.command("batch")
def batch(batch_id: BatchNumber, *, as_json: AsJson = False) -> None:
    """一个批次的交接记录 · A batch's custody: who had how many cards in which file, when."""

    async def act(city: City) -> BatchDetail:
        async with city.database.work(OPERATOR) as work:
            return await views.batch(work, batch_id, 1)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"batch": _plain(found.line), "custody": [_entry(one) for one in found.custody]})
        return
    say(_told(found.line))
    for one in found.custody:
        when = one.at.astimezone(SHANGHAI)
        say(
            f"  {when:%Y-%m-%d %H:%M} {one.step:10} {one.actor:20} {one.cards:>6} 张  {one.file_name}  {one.digest.hex()[:SHOWN]}  {one.note}"
        )


@app.command("release")
def release(batch_id: BatchNumber, reason: Reason, *, as_json: AsJson = False) -> None:
    """放行一个已停的批次 · Let a batch go on that was stopped."""

    async def act(city: City) -> BatchLine:
        async with city.database.work(OPERATOR) as work:
            await commands.release(work, batch_id, reason)
            return await views.line(work, batch_id)

    with refusals(as_json) as settings:
        line = with_city(settings, act)
    say_json(_plain(line)) if as_json else say(_told(line))


@app.command("call-off")
def call_off(batch_id: BatchNumber, reason: Reason, *, as_json: AsJson = False) -> None:
    """撤回一个批次：未回的卡重新下单 · Call a batch off: what was not answered is ordered again."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            return await commands.call_off(work, batch_id, reason)

    with refusals(as_json) as settings:
        cards = with_city(settings, act)
    if as_json:
        say_json({"cards": cards})
    else:
        say(f"已撤回，{cards} 张重新下单 · called off, {cards} cards are ordered again")


def _told(one: BatchLine) -> str:
    keys = f"，密钥 keys {one.keys.status}" if one.keys else ""
    return (
        f"{one.batch_id} {one.status}：{one.cards} 张 cards，制成 made {one.made}，失败 failed {one.failed}，"
        f"未回 open {one.outstanding}，废坯 spoiled {one.spoiled}{keys}，{one.age_days} 天 days"
    )


def _plain(one: BatchLine) -> dict[str, Any]:
    keys = (
        {"status": one.keys.status, "cards": one.keys.cards, "used": one.keys.used, "due_on": one.keys.due_on}
        if one.keys
        else None
    )
    named = {name: getattr(one, name) for name in one.__slots__ if name not in ("batch_id", "keys")}
    return {"batch_id": str(one.batch_id), **named, "keys": keys}


def _entry(one: Custody) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__ if name != "digest"} | {
        "sm3": one.digest.hex().upper()
    }
