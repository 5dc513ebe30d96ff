"""Virtual cards made and read back through the system's real PC/SC service: cards a second."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.report import Figure, Section, say
from shebaoka.chip import commands as c
from shebaoka.chip import proofs
from shebaoka.chip.layout import RecordFile
from shebaoka.chip.numbers import Reset, identification_code, make_reset
from shebaoka.chip.personalising import Order, laid_out, personalise
from shebaoka.chip.reading import Conversation, begin
from shebaoka.chip.versions import SM4, VERSIONS
from shebaoka.keys.demo import DEMO_CITY, demo_ring
from shebaoka.kit.problems import Problem
from shebaoka.terminal.pcsc import Reader, Service
from shebaoka_sandbox.card.contact import Contact
from shebaoka_sandbox.card.slot import PORT, Slot
from shebaoka_sandbox.card.state import Chip, Life

SECONDS, ROUNDS = 3.0, 5
GOAL: Final = 200
SHORT: Final = 20
RING: Final = demo_ring()
VERSION: Final = VERSIONS[-1]
SSSE: Final = VERSION.application("SSSE")
WRITTEN: Final = {"card": ("identification_code", "card_number"), "holder": ("id_number", "name")}
"""What the short form writes and reads back."""
HOW: Final = """Version 3 (SM4), keys under the transport key, everything read back and compared before the card counts, as at a counter. Terminal, pcscd and
vsmartcard's virtual reader, and the card are processes of their own; the next blank lies there as soon as the reader takes the last card's power, on the same
connection. `20 APDUs`: SELECT of the directory (and GET RESPONSE, as T=0 asks), challenge and EXTERNAL AUTHENTICATE with the transport key; four records written
(identification code, card number, social security number, name), four read back and compared, with a SELECT of their file each time; two keys; the PIN; the end of
the blank life. `Whole`: an order as `chip.personalising` makes it, all fourteen records and four keys, without photo. Bare: the same number of GET CHALLENGE. Each
card counts the commands it got; every card that left was asked whether its blank life had ended."""


def order_for(reset: Reset) -> Order:
    """Give the order for a chip."""
    bare = identification_code("999900", reset, bytes(4))[:12]
    return Order(
        version=VERSION, identification_code=bare + RING.code_mac(SM4, reset.factor, bare), issuer="999900000000",
        issued_on=date(2019, 5, 6), expires_on=date(2029, 5, 5), card_number="A00000017",
        id_number="10010119800101001X", name="张大例", sex="1", ethnicity="01", birth_date=date(1980, 1, 1),
        birthplace="310101", keys=RING.card_keys(SM4, reset.factor), pin="123456",
    )  # fmt: skip


def short(talk: Conversation) -> None:
    """Make a card in twenty APDUs (the directory was selected, which were two)."""
    order = order_for(talk.reset)
    talk.prove(proofs.TRANSPORT_KEY, RING.prove)
    laid = {one.file.name: one for one in laid_out(order)}
    files: dict[str, RecordFile] = {}
    for name, elements in WRITTEN.items():
        file = laid[name].file
        assert isinstance(file, RecordFile)
        files[name] = file
        numbers = [file.number(element) for element in elements]
        talk.write_records(file, {number: laid[name].records[number] for number in numbers})
    for name, elements in WRITTEN.items():
        numbers = [files[name].number(element) for element in elements]
        wanted = {number: laid[name].records[number] for number in numbers}
        assert talk.raw_records(files[name], wanted) == wanted
    for number in (proofs.READ_KEY, proofs.CARD_KEY):
        talk.ask(c.load_key(number, order.keys[number])).expect("LOAD KEY")
    talk.ask(c.set_pin(order.pin)).expect("SET PIN")
    talk.ask(c.finish()).expect("FINISH")


def whole(talk: Conversation) -> None:
    """Make a card as a counter does."""
    personalise(talk, order_for(talk.reset), RING.prove)


def bare(talk: Conversation) -> None:
    """Ask so much of a card, and do nothing with it."""
    for _ in range(SHORT - 2):
        talk.ask(c.get_challenge(proofs.CHALLENGE_BYTES[SM4])).expect("GET CHALLENGE")


FORMS: Final[dict[str, Callable[[Conversation], None]]] = {"short": short, "whole": whole, "bare": bare}


class Blank(Contact):
    """A blank that counts what it is asked."""

    def __init__(self, serial: int) -> None:
        reset = make_reset(DEMO_CITY, serial.to_bytes(4, "big"))
        super().__init__(Chip(VERSION, reset, RING.card_key(SM4, proofs.TRANSPORT_KEY, reset.factor)))
        self.asked = 0

    def answer(self, raw: bytes) -> bytes:
        """Count, and answer."""
        self.asked += 1
        return super().answer(raw)


def lie_there(place: int) -> None:
    """Be the cards of one slot (a process of its own); at its end this function will tell how many were made, and of how many commands."""
    made: dict[int, int] = {}
    lying = [Blank(place << 24)]

    def following() -> Blank:
        last = lying[0]
        if last.chip.life is Life.PERSONALISED:
            made[last.asked] = made.get(last.asked, 0) + 1
        lying[0] = Blank(int.from_bytes(last.chip.reset.serial, "big") + 1)
        return lying[0]

    slot = Slot(lying[0], after_power_off=following)
    slot.connect(port=PORT + place)
    signal.signal(signal.SIGTERM, lambda *_: slot.pull())
    slot.answer_until_gone(lambda: print("{}", flush=True))
    print(json.dumps(made), flush=True)


def work(place: int, form: str, seconds: float) -> None:
    """Be the terminal at one slot (a process of its own), for so long; tell how many cards it made, and in what time."""
    service, make = Service(), FORMS[form]
    reader = _present(service, place)
    _card(service, reader, make)
    print("{}", flush=True)
    sys.stdin.readline()
    began, made = time.monotonic(), 0
    while (took := time.monotonic() - began) < seconds:
        _card(service, reader, make)
        made += 1
    print(json.dumps({"made": made, "seconds": took}), flush=True)


def _present(service: Service, place: int) -> Reader:
    found = service.readers()
    while not (len(found) > place and found[place].card):
        service.wait(found, 1_000)
        found = service.readers()
    return found[place]


def _card(service: Service, reader: Reader, make: Callable[[Conversation], None]) -> None:
    with service.card(reader) as card:
        make(begin(card.transmit, card.atr))


@contextmanager
def reader_service() -> Iterator[None]:
    """The PC/SC service: the one that runs, or one of our own."""
    try:
        Service().close()
    except Problem:
        if os.geteuid():
            raise SystemExit(
                "bench cards: start pcscd (with vsmartcard-vpcd) first, or run as root"
            ) from None
    else:
        yield
        return
    Path("/run/pcscd").mkdir(exist_ok=True)
    with subprocess.Popen(["pcscd", "--foreground", "--auto-exit"], stdout=subprocess.DEVNULL) as process:
        try:
            _two_readers()
            yield
        finally:
            process.terminate()


def _two_readers() -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            service = Service()
            if len(service.readers()) > 1:
                service.close()
                return
        except Problem:
            time.sleep(0.01)
    raise SystemExit("bench cards: pcscd has no virtual readers: apt-get install vsmartcard-vpcd")


def measure(form: str, slots: int) -> tuple[float, dict[int, int]]:
    """Give cards a second at so many slots at once, the median of the rounds; and how many were made, by their number of commands."""
    cards = [_Started("--lie-there", place) for place in range(slots)]
    for one in cards:
        one.readline()
    rates = [_round(form, slots) for _ in range(ROUNDS)]
    counted: dict[int, int] = {}
    for one in cards:
        for asked, number in one.ended().items():
            counted[int(asked)] = counted.get(int(asked), 0) + number
    return median(rates), counted


def _round(form: str, slots: int) -> float:
    terminals = [_Started("--work", place, "--form", form) for place in range(slots)]
    for one in terminals:
        one.readline()
    for one in terminals:
        one.go()
    told = [one.ended() for one in terminals]
    return float(sum(one["made"] / one["seconds"] for one in told))


class _Started:
    """A process of this measurement that answers in lines of JSON."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "bench.cards", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lies = arguments[0] == "--lie-there"

    def readline(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def ended(self) -> Any:
        if self.lies:
            self.process.terminate()
        told = self.readline()
        self.process.communicate()
        return told


def run() -> Section:
    """Measure all forms."""
    with reader_service():
        say("cards: 20 APDUs, two slots")
        two, asked = measure("short", 2)
        one, _ = measure("short", 1)
        say("cards: whole orders")
        entire, asked_whole = measure("whole", 2)
        entire_one, _ = measure("whole", 1)
        say("cards: bare")
        nothing, _ = measure("bare", 2)
    assert set(asked) == {SHORT}, asked
    (commands,) = asked_whole
    return Section("cards", "真实 PC/SC 上的写卡 · Cards made over real PC/SC", HOW.replace("\n", " "), [
        Figure("cards a second, 20 APDUs each, the reader's two slots at once", f"{two:.0f}", f"≥ {GOAL}", two >= GOAL),
        Figure("measured ÷ goal", f"{two / GOAL:.2f}", "≥ 1.00", two >= GOAL),
        Figure("the same, one slot", f"{one:.0f}"),
        Figure(f"whole orders ({commands} APDUs each) a second, two slots and one", f"{entire:.0f} and {entire_one:.0f}"),
        Figure("cards a second ÷ bare exchanges of 20 APDUs a second", f"{two / nothing:.2f}"),
        Figure("cards made and counted by the cards themselves", f"{sum(asked.values()):,} and {sum(asked_whole.values()):,}"),
    ])  # fmt: skip


def main() -> None:
    """Be one of the processes of this measurement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lie-there", type=int)
    parser.add_argument("--work", type=int)
    parser.add_argument("--form", choices=FORMS)
    given = parser.parse_args()
    if given.lie_there is not None:
        lie_there(given.lie_there)
    else:
        work(given.work, given.form, SECONDS)


if __name__ == "__main__":
    main()
