"""A blank in a reader becomes the card of an order, or is said not to have: whatever happens, what is known of it is told.

A refusal has the member `written`: `blank`, the card has shown that it is one, and still is; `unknown`, it had not shown it
yet, or the command that ends its blank life was on its way when it left. Either way the same order on the same card goes on:
one that was finished is held against the order and not written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from shebaoka.chip import commands
from shebaoka.chip.apdu import OK, Transmit, answer_of
from shebaoka.chip.errors import ChipDiffers, ChipRefused
from shebaoka.chip.numbers import parts
from shebaoka.chip.personalising import Laid, Order, compare, personalise
from shebaoka.chip.proofs import TRANSPORT_KEY
from shebaoka.chip.reading import Prove, begin
from shebaoka.kit.problems import Problem
from shebaoka.terminal.errors import CardNotBlank, OrderOfAnotherCard

NO_KEY: Final = 0x6A88
"""What a card without a transport key answers to its proof: it is no blank any more. Inferred."""
INSTRUCTION: Final = 1
OPENING: Final = bytes((0x00, commands.EXTERNAL_AUTHENTICATE, 0x00, TRANSPORT_KEY))
"""The head of a proof of the transport key; only a blank takes it."""
Written: TypeAlias = Literal["blank", "unknown"]


@dataclass(frozen=True, slots=True)
class Made:
    """What stands on the card, as read back. `already`: it was made before, and nobody had heard of it."""

    laid: list[Laid]
    already: bool


def make(transmit: Transmit, atr: bytes, order: Order, prove: Prove) -> Made:
    """Make the card in a reader the card of an order.

    `prove`: of the transport key, and of the reading key for a card that turns out to be made. Raises OrderOfAnotherCard,
    CardNotBlank, ChipValueRefused before anything is written, and whatever else reader, card and `prove` refuse with.
    """
    under_way = _UnderWay(transmit)
    try:
        talk = begin(under_way, atr)
        if not parts(order.identification_code).belongs_to(talk.reset):
            raise OrderOfAnotherCard
        return Made(personalise(talk, order, prove), already=False)
    except ChipRefused as refused:
        if refused.status_word != NO_KEY:
            raise _told(refused, under_way.written) from None
    except Problem as problem:
        raise _told(problem, under_way.written) from None
    try:
        return Made(compare(talk, order, prove), already=True)
    except (ChipDiffers, ChipRefused):
        raise CardNotBlank from None
    except Problem as problem:
        raise _told(problem, under_way.written) from None


def _told(problem: Problem, written: Written) -> Problem:
    problem.members["written"] = written
    return problem


class _UnderWay:
    """Carries commands, and knows what they say of the blank life: its key opens, and the last command is on its way."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit
        self.written: Written = "unknown"

    def __call__(self, command: bytes) -> bytes:
        was = self.written
        if command[INSTRUCTION] == commands.FINISH:
            self.written = "unknown"
        answer = self._transmit(command)
        opened = command[:4] == OPENING and answer_of(answer).status_word == OK
        self.written = "blank" if opened else was
        return answer
