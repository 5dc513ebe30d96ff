"""Blanks as a counter has them, and the machine that writes them: the product's own code, a card in software, and a card that is torn."""

from __future__ import annotations

import itertools
from dataclasses import replace

from tests.service.credential.in_use import CITY, keys_of, ring_of

from shebaoka.chip.numbers import make_reset
from shebaoka.chip.ordering import OrderText, of_text
from shebaoka.chip.personalising import Order, digest
from shebaoka.chip.proofs import Schedule
from shebaoka.chip.reading import Prove
from shebaoka.chip.versions import SM4, VERSIONS
from shebaoka.issuing.instant import commands, views
from shebaoka.issuing.instant.commands.writing import challenge_of
from shebaoka.issuing.instant.model import ChipOrder, ReadBack, Session
from shebaoka.keys.hierarchy import Ring
from shebaoka.keys.model import Purpose
from shebaoka.keys.using import Keys
from shebaoka.kit.work import Work
from shebaoka.registry.programme.views import load
from shebaoka.terminal import making as machine
from shebaoka.terminal.terminal import Terminal
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Chip

DIVISION = "310000"
KEYS = keys_of()
SERIALS = itertools.count(1)


class Torn(Exception):  # noqa: N818 - the fact
    """The card was pulled out of the reader."""


WRITTEN: dict[str, Chip] = {}
"""Chips that were written, by what they say of themselves: they lie in the reader still, and answer what they are asked."""


def blank(serial: int | None = None, city: str = CITY, ring: Ring | None = None) -> Chip:
    """Give a blank as the chip's maker leaves it: with a transport key of its own. Without a serial number: the next."""
    reset = make_reset(city, (next(SERIALS) if serial is None else serial).to_bytes(4, "big"))
    root = (ring or ring_of(SM4)).keys[SM4, 0]
    return Chip(VERSIONS[2], reset, Schedule(SM4, root).diversified(reset.factor))


def writes(
    chip: Chip, order: Order | OrderText, *, torn_at: int = 0, heard: bool = False, prove: Prove | None = None
) -> tuple[ReadBack, int]:
    """Have an order written; give what was read back and after how many commands.

    `torn_at`: the card is pulled at that command, before it has it or (`heard`) before its answer comes: Torn.
    """
    sent = 0

    def transmit(command: bytes) -> bytes:
        nonlocal sent
        sent += 1
        if sent == torn_at and not heard:
            raise Torn
        told = answer(chip, command)
        if sent == torn_at:
            raise Torn
        return told

    wanted = of_text(order) if isinstance(order, OrderText) else order
    WRITTEN[chip.reset.historical.hex().upper()] = chip
    stands = machine.make(transmit, chip.power(), wanted, prove or ring_of(SM4).prove).laid
    read = ReadBack(
        wanted.identification_code.hex().upper(), chip.reset.historical.hex().upper(), digest(stands), b""
    )
    return read, sent


async def order(work: Work, number: int, chip: Chip, keys: Keys = KEYS) -> ChipOrder:
    """Ask for a chip's order."""
    return await commands.order_chip(work, await load(work), keys, DIVISION, number, chip.reset.historical)


def proof_of(chip: Chip, challenge: bytes) -> bytes:
    """Let a card answer a challenge."""
    return bytes.fromhex(
        Terminal(lambda command: answer(chip, command), chip.power()).card_proof(challenge).proof
    )


async def make(work: Work, number: int, read: ReadBack, keys: Keys = KEYS) -> Session:
    """Bring back what was read; of a chip that was written its answer to the challenge, too, unless one is given."""
    issue = (await views.session(work, number)).issue
    if not read.proof and read.reset_code in WRITTEN and issue.chip_reset:
        read = replace(read, proof=proof_of(WRITTEN[read.reset_code], challenge_of(work, issue)))
    return await commands.make(work, await load(work), keys, DIVISION, number, read)


async def makes(work: Work, number: int, chip: Chip | None = None, keys: Keys = KEYS) -> Session:
    """Have the card of a session made, when all goes well."""
    ring = None if keys is KEYS else await keys.using(work, Purpose.PERSONALISE)
    chip = chip or blank(ring=ring)
    read, _ = writes(chip, (await order(work, number, chip, keys)).order, prove=ring and ring.prove)
    return await make(work, number, read, keys)
