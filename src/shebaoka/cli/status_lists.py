"""`shebaoka status-list`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shebaoka.cards.status_list import views
from shebaoka.cards.status_list.commands import publish_due
from shebaoka.cards.status_list.errors import NoStatusList
from shebaoka.cards.status_list.model import File, Published, State
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.cli.common import OPERATOR, AsJson, FolderNotWritable, refusals, say, say_json, with_city
from shebaoka.cli.held_list import SUFFIX, loaded, public_of
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI, SystemClock
from shebaoka.kit.sm2_files import make_secret, read_secret
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records import ecard
from shebaoka.records.status_list import Presented, signer
from shebaoka.registry.programme.views import load

app = typer.Typer(
    no_args_is_help=True,
    help="离线终端用的卡片状态名单 · the status list for terminals that lose the network",
)
Files = Annotated[
    list[Path],
    typer.Argument(help="全量名单，其后依次为增量 · a base, then its deltas in order", dir_okay=False),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--public-key",
        help="签名公钥，130 位十六进制；缺省用本机签名密钥的 · the signer's public key, 130 hex digits; default: of this machine's key",
    ),
]
CityDigits = Annotated[
    str | None, typer.Option("--city", help="城市代码，四位；缺省取配置 · four digits; default: as set")
]


@app.command()
def publish(
    *,
    base: Annotated[
        bool, typer.Option("--base", help="发布全量名单 · publish a base, which tells of all cards")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """立即发布一份 · Publish a file now; `jobs run` does it when it is due."""

    async def act(city: City) -> Published:
        key, digits = signing_key(city.settings), city.settings.city_digits
        return await publish_due(city.database, key, digits, at_once=True, base=base)

    with refusals(as_json) as settings:
        done = with_city(settings, act)
    if as_json:
        say_json(done)
        return
    say(
        f"{done.version}: {done.size_bytes:,} 字节，作废 {done.void:,}，挂失 {done.suspended:,}，恢复 {done.cleared:,}"
        f" · bytes, void, suspended, cleared"
    )


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """终端现在能取到的名单 · What terminals can have now. Exit code 1 when it is overdue."""
    with refusals(as_json) as settings:
        found = with_city(settings, _state)
    if as_json:
        say_json({"overdue": found.overdue, "files": [_told(file) for file in found.files]})
    else:
        for file in found.files:
            say(
                f"{file.version!s:8} {file.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} {file.size_bytes:>9,} 字节 bytes"
                f"  作废 void {file.void:,}  挂失 suspended {file.suspended:,}  恢复 cleared {file.cleared:,}"
            )
        if not found.files:
            say(NoStatusList().sentence())
        elif found.overdue:
            say("! 已超过应发布的时间 · overdue: shebaoka jobs run status-list")
    if found.overdue:
        raise typer.Exit(1)


@app.command()
def save(
    folder: Annotated[Path, typer.Argument(help="存入的目录 · folder to write to", file_okay=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """存为文件，供无法联网的终端用介质导入 · Write the newest base and its deltas as files, for terminals that never have a network."""

    async def act(city: City) -> dict[File, bytes]:
        async with city.database.work(OPERATOR) as work:
            files = (await _state_of(work)).files
            if not files:
                raise NoStatusList
            return {file: await views.content(work, *file.version) or b"" for file in files}

    with refusals(as_json) as settings:
        contents = with_city(settings, act)
        _write(folder, {_name(file): raw for file, raw in contents.items()})
    if as_json:
        say_json({"folder": str(folder), "files": [{"name": _name(file)} | _told(file) for file in contents]})
        return
    say(f"{folder}: {len(contents)} 个文件 · files")


@app.command()
def key(
    *,
    new: Annotated[
        bool, typer.Option("--new", help="没有时生成签名密钥 · make the key where there is none")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """签名公钥，交给终端厂商 · The public key, for those who build terminals. The secret key is never shown."""
    with refusals(as_json) as settings:
        path = settings.status_list_key_path
        public = (make_secret(path) if new else read_secret(path)).public
    document = {
        "public_key": public.to_bytes().hex(),
        "signer": signer(public).hex(),
        "city": settings.city_digits,
    }
    say_json(document) if as_json else say("\n".join(f"{name:10} {text}" for name, text in document.items()))


@app.command()
def verify(files: Files, public_key: Key = None, city: CityDigits = None, *, as_json: AsJson = False) -> None:
    """像终端一样验证名单，不需要数据库 · Verify a list as a terminal does; no database is needed."""
    with refusals(as_json) as settings:
        held, now = loaded(settings, files, public_key, city)
    stale = held.stale(now)
    if as_json:
        say_json({"version": str(held.version), "as_of": held.as_of, "stale": stale})
        return
    say(
        f"✓ {held.version}，截至 {held.as_of.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} · signed, whole, as of that moment"
    )
    if stale:
        say("! 已超过时效，不足为据 · too old to go by")


@app.command()
def check(
    files: Files,
    card_number: Annotated[str, typer.Option("--card", help="社保卡号 · card number")],
    version: Annotated[
        str,
        typer.Option(
            "--card-version",
            help="卡内规范版本，老卡为 1.00 或 2.00 · version that the chip names; of old cards 1.00 or 2.00",
        ),
    ] = "3.00",
    public_key: Key = None,
    city: CityDigits = None,
    *,
    as_json: AsJson = False,
) -> None:
    """名单怎么说这张卡，不需要数据库 · What a list says of a card; no database is needed."""
    with refusals(as_json) as settings:
        held, now = loaded(settings, files, public_key, city)
        card = Presented(card_numbers.parse(card_number), version, city or settings.city_digits)
        answer = held.standing(card, now)
    if as_json:
        say_json(answer)
        return
    say(f"{'✗' if answer.hit else '✓'} {answer.zh}\n  {answer.en}")


@app.command("check-ecard")
def check_ecard(
    text: Annotated[str, typer.Argument(help="扫码所得文本 · what was scanned")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="全量名单，其后依次为增量；可不给 · a base, then its deltas; may be left out", dir_okay=False
        ),
    ] = None,
    public_key: Key = None,
    city: CityDigits = None,
    *,
    as_json: AsJson = False,
) -> None:
    """电子社保卡脱机核验，不需要数据库 · What an electronic card is worth to a terminal without a network; no database is needed."""
    with refusals(as_json) as settings:
        now = SystemClock().now()
        seen = ecard.check(text, public_of(settings, public_key), city or settings.city_digits, now)
        held = loaded(settings, files, public_key, city)[0] if files else None
        listed = held.standing(seen.ecard.presented, now) if held and seen.ecard else None
    zh, en = ecard.SAID[seen.verdict]
    good = seen.verdict == "good" and not (listed and (listed.hit or listed.stale))
    if as_json:
        number = seen.ecard.card_number if seen.ecard else None
        say_json(
            {
                "verdict": seen.verdict,
                "zh": zh,
                "en": en,
                "good": good,
                "card_number": number,
                "listed": listed,
            }
        )
        return
    say(f"{'✓' if good else '✗'} {zh}\n  {en}")
    if listed:
        say(f"  {listed.zh}\n  {listed.en}")


async def _state(city: City) -> State:
    async with city.database.work(OPERATOR) as work:
        return await _state_of(work)


async def _state_of(work: Work) -> State:
    return await views.state(work, await load(work))


def _name(file: File) -> str:
    return f"{file.epoch:06}-{file.sequence:04}{SUFFIX}"


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, raw in contents.items():
            (folder / name).write_bytes(raw)
    except OSError as error:
        raise FolderNotWritable(f"{error.filename}: {error.strerror}") from error


def _told(file: File) -> dict[str, Any]:
    return {
        "version": str(file.version), "made_at": file.made_at, "stale_at": file.stale_at, "size_bytes": file.size_bytes,
        "void": file.void, "suspended": file.suspended, "cleared": file.cleared, "old_part_bytes": file.old_part_bytes,
        "digest": file.digest.hex(), "signer": file.signer.hex(),
    }  # fmt: skip
