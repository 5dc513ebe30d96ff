"""`shebaoka conformance`: whether a server speaks an interface as its tables say, for vendors and operators."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from shebaoka.cli.common import AsJson, FolderNotWritable, refusals, say, say_json, with_city

if TYPE_CHECKING:
    from shebaoka.faces.terminals.conformance.model import Check, Exchange, Given
    from shebaoka.simulation.demo.equipping import Equipment

app = typer.Typer(no_args_is_help=True, help="接口联调 · conformance of interfaces")
FAILED = 1
LONGEST = 160


@app.command("prepare")
def prepare(
    *,
    hospital: Annotated[str, typer.Option(help="医院的机构代码 · the hospital's code")],
    pharmacy: Annotated[
        str | None, typer.Option(help="药店的机构代码，可不填 · the pharmacy's code; may be left out")
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            dir_okay=False, help="联调文件，含密钥，权限 600 · file for the run, with the keys, mode 600"
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """为演示城市准备联调：定点、密钥、目录项目和测试人员 · Make what a run needs of a demo city."""
    from shebaoka.simulation.demo.equipping import equip  # noqa: PLC0415 - loads every room; `--help` must not wait for it

    with refusals(as_json) as settings:
        made = with_city(settings, lambda city: equip(city, hospital, pharmacy))
        _keep(out, made)
    if as_json:
        say_json(
            {
                "file": str(out),
                "hospital": made.hospital.paasid,
                "pharmacy": made.pharmacy and made.pharmacy.paasid,
            }
        )
    else:
        say(
            f"已写入 · written: {out}\n  shebaoka conformance national --url http://127.0.0.1:8000 --key-file {out}"
        )


def _keep(out: Path, made: Equipment) -> None:
    from shebaoka.simulation.demo.equipping import GUEST  # noqa: PLC0415 - as below

    document = {
        "hospital": made.hospital, "pharmacy": made.pharmacy, "division": made.division, "item": made.item,
        "patient": {"card_number": made.card_number, "card_sn": made.card_sn}, "guest": GUEST,
    }  # fmt: skip
    written = msgspec.json.format(msgspec.json.encode(document))
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write(written + b"\n")
    except OSError as error:
        raise FolderNotWritable(f"{out}: {error.strerror}") from error


Url = Annotated[str, typer.Option(help="服务地址 · address of the server")]
KeyFile = Annotated[
    Path,
    typer.Option(
        "--key-file",
        exists=True,
        dir_okay=False,
        help="联调文件（prepare 生成） · file for the run, as prepare writes it",
    ),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="列出每个报文 · show every message, not only those of what failed")
]

Ecard = Annotated[
    str | None,
    typer.Option(
        help="测试人员手机上此刻的电子社保卡（SBE1…），可不填 · the test person's electronic card as the telephone shows it now; may be left out"
    ),
]


@app.command("national")
def national(*, url: Url, key_file: KeyFile, verbose: Verbose = False, as_json: AsJson = False) -> None:
    """国家接口：按调用顺序走一遍并核对金额、重发、冲正和差错，结算随即撤销 · Go through the call orders; what is settled is taken back.

    有一项不符时退出码为 1。 Exit code 1 when something does not hold.
    """
    from shebaoka.faces.terminals.conformance import running  # noqa: PLC0415 - as above

    _run(running.run, url, key_file, verbose=verbose, as_json=as_json)


@app.command("shanghai")
def shanghai(
    *, url: Url, key_file: KeyFile, ecard: Ecard = None, verbose: Verbose = False, as_json: AsJson = False
) -> None:
    """上海五期报文：同样走一遍，结算随即撤销 · Shanghai's fifth-phase messages, in the same way; what is settled is taken back.

    有一项不符时退出码为 1。 Exit code 1 when something does not hold.
    """
    from shebaoka.faces.terminals.conformance import running  # noqa: PLC0415 - as above

    _run(partial(running.run_shanghai, ecard=ecard), url, key_file, verbose=verbose, as_json=as_json)


def _run(
    run: Callable[[str, Given], list[Check]], url: str, key_file: Path, *, verbose: bool, as_json: bool
) -> None:
    from shebaoka.faces.terminals.conformance import model  # noqa: PLC0415 - as above

    with refusals(as_json):
        checks = run(url, model.read(key_file))
    if as_json:
        say_json({"passed": all(one.passed for one in checks), "checks": [_document(one) for one in checks]})
    else:
        _table(checks, verbose=verbose)
    if not all(one.passed for one in checks):
        raise typer.Exit(FAILED)


def _document(one: Check) -> dict[str, Any]:
    messages = [
        {"infno": each.infno, "sent": each.sent, "status": each.status, "received": each.received}
        for each in one.exchanges
    ]
    return {"order": one.order, "check": one.name, "zh": one.zh, "en": one.en, "passed": one.passed, "detail": one.detail,
            "messages": messages}  # fmt: skip


def _table(checks: Sequence[Check], *, verbose: bool) -> None:
    for order, some in groupby(checks, key=lambda one: one.order):
        say(order)
        for one in some:
            say(f"  {'✓' if one.passed else '✗'} {one.name:16} {one.zh} · {one.en}")
            if one.detail:
                say(f"      {one.detail}")
            for each in one.exchanges if verbose or not one.passed else ():
                say(f"      → {_short(each.sent)}\n      ← {each.status} {_short(each.received)}")
    failed = sum(not one.passed for one in checks)
    messages: list[Exchange] = [each for one in checks for each in one.exchanges]
    say(
        f"共 {len(checks)} 项，报文 {len(messages)} 个，不符 {failed} 项 · {len(checks)} checks, {len(messages)} messages, {failed} failed"
    )


def _short(document: Any) -> str:
    text = document if isinstance(document, str) else msgspec.json.encode(document).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
