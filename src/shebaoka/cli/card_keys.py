"""`shebaoka card-keys`: the store of card keys, and what is in it. Ceremonies are in `key_ceremonies`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from shebaoka.cli import key_ceremonies
from shebaoka.cli.common import OPERATOR, REFUSED, AsJson, refusals, say, say_json, with_city
from shebaoka.keys.keeping import configured, files, opened, passphrases
from shebaoka.keys.keeping.locks import ByModule, LockText, secret_in
from shebaoka.keys.keeping.module import KEY_LABEL
from shebaoka.keys.using import Keys
from shebaoka.keys.views import Overview, findings, overview
from shebaoka.kit.city import City

app = typer.Typer(no_args_is_help=True, help="卡片密钥 · card keys")
app.command("hold")(key_ceremonies.hold)
app.command("export-terminal")(key_ceremonies.export_terminal)
Token = Annotated[
    str,
    typer.Option(
        help="密码机令牌的标签；留空则用两位管理员的口令封存 · label of the module's token; empty: sealed by the two officers' passphrases"
    ),
]
Generate = Annotated[
    bool,
    typer.Option(
        "--generate",
        help="生成两个口令写入各自文件（600），由两位管理员分别抄存 · make both passphrases, into their files (600), for each officer to write down",
    ),
]
PASSPHRASE_BYTES = 18
ALGORITHMS = {1: "3DES", 3: "SM4"}


@app.command("init")
def init(token: Token = "", *, generate: Generate = False, as_json: AsJson = False) -> None:
    """建立密钥库；已有的绝不覆盖 · Make the store; one that is there is never replaced."""
    with refusals(as_json) as settings:
        path = settings.card_keys_path
        with files.absent(path):
            _secrets(configured.secret_files(settings), generate=generate, check=not token)
            text = _text(token)
            opened.make(path, settings.city_digits, text, configured.unlock(settings, text, new=bool(token)))
    if as_json:
        say_json({"store": str(path), "sealed_by": "pkcs11" if token else "passphrases"})
        return
    say(f"已建立 · made: {path}")
    say(
        "接下来由两位密钥管理员办理：生成（或导入）→ 派生 → 启用 · Next, two key officers: generate (or import), derive, put in force"
    )


@app.command("relock")
def relock(token: Token = "", *, generate: Generate = False, as_json: AsJson = False) -> None:
    """更换管理员口令，或把密钥移入密码机 · Seal the store under new passphrases (an officer left), or by a module."""
    with refusals(as_json) as settings:
        path = settings.card_keys_path
        old = configured.unlock(settings, files.read(path).lock)
        current = configured.secret_files(settings)
        new = tuple(one.with_name(f"{one.name}.new") for one in current)
        _secrets(new, generate=generate, check=not token)
        text = _text(token)
        lock = configured.lock_of(settings, text, [secret_in(one) for one in new], new=bool(token))
        opened.lock_anew(path, old, text, lock)
        for before, after in zip(current, new, strict=True):
            after.replace(before)
    done = {"store": str(path), "sealed_by": "pkcs11" if token else "passphrases"}
    say_json(done) if as_json else say(f"已换锁；请重启服务 · sealed anew; restart the service: {path}")


@app.command("show")
def show(*, as_json: AsJson = False) -> None:
    """密钥版本、校验值、使用量，以及制卡中心未确认销毁的 · Versions, check values, uses, and what the bureau has not destroyed."""

    async def act(city: City) -> tuple[str, Overview]:
        closed = await city.key_store.closed_because()
        async with city.database.work(OPERATOR) as work:
            return closed, await overview(work)

    with refusals(as_json) as settings:
        closed, found = with_city(settings, act)
    say_json(_document(closed, found)) if as_json else _tell(closed, found)


@app.command("verify")
def verify(*, as_json: AsJson = False) -> None:
    """核对密钥库、登记的校验值和密钥记录 · Hold the store, the check values and the records against each other."""

    async def act(city: City) -> list[str]:
        async with city.database.work(OPERATOR) as work:
            return await findings(work, Keys(city.key_store, city.settings.city_digits))

    with refusals(as_json) as settings:
        wrong = with_city(settings, act)
    if as_json:
        say_json({"verified": not wrong, "findings": wrong})
    else:
        for one in wrong or ["相符 · all agree"]:
            say(one)
    if wrong:
        raise typer.Exit(REFUSED)


def _text(token: str) -> LockText:
    return ByModule(token, KEY_LABEL) if token else passphrases.new_text()


def _secrets(paths: tuple[Path, ...], *, generate: bool, check: bool) -> None:
    """See to it that both officers' secrets are in their files: as they are, made, or asked for."""
    missing = [one for one in paths if not one.exists()]
    given = {
        one: secrets.token_urlsafe(PASSPHRASE_BYTES)
        if generate
        else key_ceremonies.asked_secret(paths.index(one) + 1)
        for one in missing
    }
    if check:
        passphrases.check([given.get(one) or secret_in(one) for one in paths])
    for one, secret in given.items():
        files.keep_secret(one, secret)


def _document(closed: str, found: Overview) -> dict[str, Any]:
    return {
        "store": {"open": not closed, "reason": closed or None},
        "versions": [
            {"algorithm": ALGORITHMS[one.algorithm], "version": one.version, "status": one.status, "top": one.top,
             "keys": {f"{made.level}.{made.number}": made.check_value.hex().upper() for made in found.keys
                      if (made.algorithm, made.version) == (one.algorithm, one.version)}}
            for one in found.versions
        ],
        "uses": [
            {"algorithm": ALGORITHMS[one.algorithm], "version": one.version, "purpose": one.purpose, "uses": one.uses,
             "cards": one.cards, "cards_today": one.cards_today}
            for one in found.uses
        ],
        "not_destroyed": [
            {"batch_id": str(one.batch_id), "cards": one.cards, "due_on": one.due_on, "status": one.status}
            for one in found.hand_outs if one.status != "destroyed"
        ],
        "open_ceremonies": [str(one.ceremony_id) for one in found.ceremonies if one.status == "opened"],
    }  # fmt: skip


def _tell(closed: str, found: Overview) -> None:
    document = _document(closed, found)
    say(f"密钥库未打开：{closed} · the store is closed" if closed else "密钥库已打开 · the store is open")
    for one in document["versions"]:
        checks = "  ".join(f"{name} {value}" for name, value in one["keys"].items())
        say(f"{one['algorithm']} 第 {one['version']} 版 version  {one['status']}  {checks}")
    for one in document["uses"]:
        say(
            f"  {one['algorithm']}.{one['version']} {one['purpose']}: {one['uses']} 次 uses, {one['cards']} 张 cards"
            f"（今日 today {one['cards_today']}）"
        )
    for one in document["not_destroyed"]:
        say(
            f"批次 batch {one['batch_id']}: {one['cards']} 张 cards, {one['status']}, 应于 due {one['due_on']} 前确认销毁"
        )
    for one in document["open_ceremonies"]:
        say(f"待批准的密钥仪式 · ceremony to be approved: {one}")
    if not found.versions:
        say("尚无密钥 · no keys yet")
