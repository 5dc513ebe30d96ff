"""`shebaoka benefits terminal-keys`: by what institutions' systems sign the messages that they send."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.settling import At, institution_id
from shebaoka.kit.city import City
from shebaoka.registry.senders import commands, views
from shebaoka.registry.senders.model import OVERLAP, KeyTold

app = typer.Typer(no_args_is_help=True, help="机构系统的报文密钥 · keys of institutions' systems")
Name = Annotated[str, typer.Argument(help="密钥编号 x-tif-paasid · the key's name")]


@app.command("make")
def make(name: Name, *, institution: At, as_json: AsJson = False) -> None:
    """为一家医院或药店的系统制作密钥，只显示一次 · Make a key for a hospital's or pharmacy's system; shown this once."""

    async def act(city: City) -> str:
        async with city.database.work(OPERATOR) as work:
            return await commands.make_key(work, await institution_id(work, institution), name)

    with refusals(as_json) as settings:
        _give({"paasid": name}, with_city(settings, act), as_json)


@app.command("renew")
def renew(
    name: Name,
    *,
    overlap_hours: Annotated[
        int,
        typer.Option(
            "--overlap-hours",
            min=0,
            max=24 * 90,
            help="旧密钥继续有效的小时数 · how long the old secret is good",
        ),
    ] = int(OVERLAP.total_seconds()) // 3600,
    as_json: AsJson = False,
) -> None:
    """更换密钥；旧密钥在重叠期内仍有效 · Renew a key: the old secret stays good for the overlap."""

    async def act(city: City) -> tuple[str, str]:
        async with city.database.work(OPERATOR) as work:
            secret, until = await commands.renew_key(work, name, timedelta(hours=overlap_hours))
            return secret, until.isoformat()

    with refusals(as_json) as settings:
        secret, until = with_city(settings, act)
        _give({"paasid": name, "old_good_until": until}, secret, as_json)


@app.command("withdraw")
def withdraw(name: Name, *, as_json: AsJson = False) -> None:
    """立即停用密钥，编号不再使用 · End a key at once; its name is not used again."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            return await commands.withdraw_key(work, name)

    with refusals(as_json) as settings:
        ended = with_city(settings, act)
    if as_json:
        say_json({"paasid": name, "ended": ended})
    else:
        say(f"已停用 · withdrawn: {name}（5 秒内在各进程生效 · everywhere within five seconds）")


@app.command("list")
def listed(
    institution: Annotated[
        str | None, typer.Option("--institution", help="机构代码，缺省全部 · code; default all")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """列出密钥，不含密钥内容 · List keys, without their secrets."""

    async def act(city: City) -> list[KeyTold]:
        async with city.database.work(OPERATOR) as work:
            at = None if institution is None else await institution_id(work, institution)
            return await views.keys(work, at)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        rows = [{"paasid": one.paasid, "key_id": str(one.key_id), "institution": one.institution, "made_at": one.made_at,
                 "good_until": one.good_until} for one in found]  # fmt: skip
        say_json({"keys": rows})
        return
    for one in found:
        until = "长期 no end" if one.good_until is None else f"{one.good_until:%Y-%m-%d %H:%M}"
        say(f"{one.institution:14} {one.paasid:24} {one.made_at:%Y-%m-%d %H:%M} – {until}")


def _give(told: dict[str, Any], secret: str, as_json: bool) -> None:
    if as_json:
        say_json(told | {"secret": secret})
    else:
        say(f"x-tif-paasid: {told['paasid']}\n密钥，只显示这一次 · the secret, shown this once: {secret}")
