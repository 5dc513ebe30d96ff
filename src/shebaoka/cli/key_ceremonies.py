"""`shebaoka card-keys hold | export-terminal`: two key officers at one terminal, each with an account of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from shebaoka.chip.versions import DES, SM4
from shebaoka.cli.common import AsJson, refusals, say, say_json, with_city
from shebaoka.cli.officers import officer
from shebaoka.keys.commands import approve, begin, export_terminal_keys
from shebaoka.keys.keeping import files
from shebaoka.keys.model import Asked, CeremonyRow, Component, Kind, Level
from shebaoka.keys.using import Keys
from shebaoka.keys.views import ceremony
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City

ALGORITHM: Final = {"sm4": SM4, "3des": DES}
Reason = Annotated[str, typer.Option(help="事由，写入记录 · why, for the record")]


def hold(
    kind: Annotated[
        Kind,
        typer.Argument(help="generate 生成 | import 导入 | derive 派生 | put_in_force 启用 | destroy 销毁"),
    ],
    reason: Reason,
    algorithm: Annotated[str, typer.Option(help="sm4 或 3des（旧卡）· sm4, or 3des of old cards")] = "sm4",
    version: Annotated[
        int | None,
        typer.Option(
            min=1, help="派生、启用或销毁哪一版 · which version is derived, put in force or destroyed"
        ),
    ] = None,
    top: Annotated[
        Level, typer.Option(help="导入的是根密钥 root 还是城市密钥 city · of an import: which key comes in")
    ] = Level.ROOT,
    *,
    as_json: AsJson = False,
) -> None:
    """两位密钥管理员同在一台终端办理一项仪式 · Hold a ceremony: two key officers at one terminal, one opens and the other approves."""
    if algorithm not in ALGORITHM:
        raise typer.BadParameter("sm4, 3des", param_hint="--algorithm")

    async def act(city: City) -> CeremonyRow:
        keys = Keys(city.key_store, city.settings.city_digits)
        one = await _officer(city, 1)
        expected = _hex("整钥校验值 · check value of the whole key") if kind == Kind.IMPORT else b""
        asked = Asked(
            kind, ALGORITHM[algorithm], reason, version, top, expected, _component(kind),
        )  # fmt: skip
        async with city.database.work(one) as work:
            opened = await begin(work, keys, asked)
        two = await _officer(city, 2)
        async with city.database.work(two) as work:
            await approve(work, keys, opened.ceremony_id, _component(kind))
            return (await ceremony(work, opened.ceremony_id))[0]

    with refusals(as_json) as settings:
        done = with_city(settings, act)
    if as_json:
        say_json(
            {
                "ceremony_id": str(done.ceremony_id),
                "kind": done.kind,
                "version": done.version,
                "status": done.status,
            }
        )
        return
    say(f"已完成：{done.kind} {algorithm} 第 {done.version} 版 · done; check values: shebaoka card-keys show")


def export_terminal(
    to: Annotated[Path, typer.Option(help="写入的文件 · file to write")],
    terminal: Annotated[str, typer.Option(help="终端名称或编号 · name or number of the terminal")],
    reason: Reason,
    *,
    as_json: AsJson = False,
) -> None:
    """两位密钥管理员为一台没有安全模块的终端导出读卡密钥 · Two officers give a terminal without a security module its reading keys."""

    async def act(city: City) -> bytes:
        keys = Keys(city.key_store, city.settings.city_digits)
        officers = [await _officer(city, 1), await _officer(city, 2)]
        passphrase = asked_secret(0)
        async with city.database.work(officers[1]) as work:
            return await export_terminal_keys(work, keys, terminal, passphrase, reason, opened_by=officers[0])

    with refusals(as_json) as settings, files.absent(to):
        files.keep_bytes(to, with_city(settings, act))
    say_json({"file": str(to)}) if as_json else say(f"已写入 · written: {to}")


def asked_secret(officer: int) -> str:
    """Ask for a secret, twice, without showing it; `officer`: 0 for a terminal's passphrase."""
    whose = (
        f"第 {officer} 位管理员的口令 · officer {officer}'s passphrase"
        if officer
        else "终端口令 · the terminal's passphrase"
    )
    text: str = typer.prompt(whose, hide_input=True, confirmation_prompt="再输一次 · once more", err=True)
    return text


async def _officer(city: City, number: int) -> Actor:
    return await officer(city, f"第 {number} 位密钥管理员 · key officer {number}", "keys.govern")


def _component(kind: Kind) -> Component | None:
    if kind != Kind.IMPORT:
        return None
    part = _hex("分量，32 位十六进制 · component, 32 hex digits", hide=True)
    return Component(part, _hex("分量校验值 · its check value"))


def _hex(what: str, *, hide: bool = False) -> bytes:
    text = typer.prompt(what, hide_input=hide, err=True)
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise typer.BadParameter("应为十六进制 · hex digits", param_hint=what) from None
