"""`shebaoka card read | readers | virtual`: this machine's readers, the card in one of them, and a card in software."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from shebaoka.chip import icardbas
from shebaoka.chip.numbers import reset_of
from shebaoka.chip.reading import CardRead
from shebaoka.cli.common import AsJson, refusals, say, say_json
from shebaoka.cli.held_list import HeldList, ListFolder, ListKey
from shebaoka.cli.terminal_keys import KeysFile, PassphraseFile, proofs_of, rings_of
from shebaoka.keys.demo import DEMO_CITY
from shebaoka.terminal import pcsc
from shebaoka.terminal.errors import CardMissing
from shebaoka.terminal.terminal import Terminal

ReaderName = Annotated[
    str | None,
    typer.Option(
        "--reader",
        help="读卡器名称或其一部分；只有一个时可省略 · name of the reader, or a part of it; may be left out where there is one",
    ),
]
SEXES: Final = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
BY_DEMO: Final = "演示卡：已用公开的演示密钥读出 · a demo card, read with the published demo keys"
NOT_HELD: Final = "未读取持卡人信息：终端没有该市的读卡密钥（--keys）· the holder was not read: this terminal has no reading key of that city (--keys)"


def readers(*, as_json: AsJson = False) -> None:
    """列出本机读卡器 · List this machine's readers, and whether a card lies in each."""
    with refusals(as_json), pcsc.service() as service:
        found = service.readers()
    if as_json:
        say_json({"readers": [{"name": one.name, "card": one.card} for one in found]})
        return
    for one in found:
        say(f"{one.name}  {'有卡 · a card' if one.card else '无卡 · empty'}")
    if not found:
        say("没有读卡器 · no readers")


def read(
    reader: ReaderName = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="text；或 icardbas：桌面软件所要的一行，GBK 编码，无换行 · or icardbas: the line of desktop software, in GBK, without an end of line",
        ),
    ] = "text",
    terminal_number: Annotated[
        str, typer.Option(help="icardbas 中的终端机编号 · number of the terminal, in icardbas")
    ] = "",
    device_number: Annotated[
        str, typer.Option(help="icardbas 中的终端设备号 · number of the device, in icardbas")
    ] = "",
    wait_seconds: Annotated[
        int, typer.Option("--wait", min=0, max=600, help="等待插卡的秒数 · how long to wait for a card")
    ] = 5,
    keys: KeysFile = None,
    passphrase_file: PassphraseFile = None,
    status_list: ListFolder = None,
    list_key: ListKey = None,
    *,
    as_json: AsJson = False,
) -> None:
    """读取读卡器中的社保卡（第 1、2、3 代）· Read the card in a reader, of version 1, 2 or 3."""
    if form not in ("text", "icardbas"):
        raise typer.BadParameter("text 或 icardbas · text or icardbas", param_hint="--format")
    with refusals(as_json) as settings:
        held = HeldList(settings, status_list, list_key) if status_list else None
        rings = rings_of(keys, passphrase_file)
        with inserted(reader, wait_seconds) as (name, card):
            found = Terminal(card.transmit, card.atr, proofs_of(rings, reset_of(card.atr).city)).read()
    listed = held.says(found) if held else None
    if as_json:
        say_json(_document(name, found) | {"status_list": listed})
    elif form == "icardbas":
        sys.stdout.buffer.write(
            icardbas.line(found, terminal_number, device_number).encode(icardbas.ENCODING)
        )
        sys.stdout.flush()
    else:
        _tell(name, found)
    if listed and not as_json:
        # Beside the line that desktop software reads, not within it.
        print(f"{listed.zh}\n{listed.en}", file=sys.stderr if form == "icardbas" else sys.stdout, flush=True)


def virtual(
    generation: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=3,
            help="第几代卡，缺省为档案所写，再缺省为 3 · generation; by default the profile's, else 3",
        ),
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="档案（JSON），见 docs/virtual-card.md · whose card it is")
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="状态文件：抽走后可原样放回 · a file that keeps the card's state, so that it can be put back as it was"
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65535,
            help="虚拟读卡器的端口，第二个卡座为 35964 · the virtual reader's port; 35964 is its second slot",
        ),
    ] = 35963,
) -> None:
    """在虚拟读卡器中放一张虚拟卡，直到 Ctrl-C · Put a virtual card into the virtual reader (vsmartcard-vpcd) until Ctrl-C."""
    given = {"--generation": generation, "--profile": profile, "--state": state, "--port": port}
    arguments = [str(part) for name, value in given.items() if value is not None for part in (name, value)]
    # The sandbox's own process from here on: its card answers our reader, and knows nothing of us.
    os.execv(sys.executable, [sys.executable, "-m", "shebaoka_sandbox.card", *arguments])  # noqa: S606 - our own program


@contextmanager
def inserted(reader: str | None, seconds: int) -> Iterator[tuple[str, pcsc.Card]]:
    """Have the card in a reader, waiting for one to be put in."""
    with pcsc.service() as service:
        chosen = _waited_for(service, reader, seconds)
        with service.card(chosen) as card:
            yield chosen.name, card


def _waited_for(service: pcsc.Service, reader: str | None, seconds: int) -> pcsc.Reader:
    end, told = time.monotonic() + seconds, False
    while True:
        chosen = None
        try:
            chosen = service.chosen(reader)
        except CardMissing:
            if time.monotonic() >= end:
                raise
        if chosen and (chosen.card or time.monotonic() >= end):
            return chosen
        if not told:
            print("请插卡 · insert the card", file=sys.stderr, flush=True)  # noqa: T201 - a command's own word
            told = True
        service.wait(service.readers(), max(1, round((end - time.monotonic()) * 1000)))


def _document(reader: str, card: CardRead) -> dict[str, Any]:
    holder = {"id_number": card.id_number, "name": card.name, "sex": card.sex, "birth_date": card.birth_date}
    return {
        "reader": reader, "generation": card.generation, "version": card.version, "city": card.reset.city,
        "division": card.division, "card_number": card.card_number, "issued_on": card.issued_on,
        "expires_on": card.expires_on, "identification_code": card.identification_code.hex().upper(),
        "historical": card.reset.historical.hex().upper(), "holder": holder if card.id_number is not None else None,
        "note": _note(card),
    }  # fmt: skip


def _note(card: CardRead) -> str:
    if card.id_number is None:
        return NOT_HELD
    return BY_DEMO if card.reset.city == DEMO_CITY else ""


def _tell(reader: str, card: CardRead) -> None:
    lines = {
        "读卡器 reader": reader, "规范版本 version": card.version, "卡号 card number": card.card_number,
        "行政区划 division": card.division, "发卡日期 issued on": _day(card.issued_on),
        "有效期至 good until": _day(card.expires_on), "卡识别码 identification code": card.identification_code.hex().upper(),
    }  # fmt: skip
    if card.id_number is not None:
        lines |= {
            "姓名 name": card.name or "", "社会保障号码 social security number": card.id_number,
            "性别 sex": SEXES.get(card.sex or "", ""), "出生日期 born on": _day(card.birth_date),
        }  # fmt: skip
    for title, value in lines.items():
        say(f"{title}: {value}")
    if note := _note(card):
        say(note)


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
