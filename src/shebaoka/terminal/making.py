"""A blank in a reader becomes the card of an order, or is said not to have: whatever happens, what is known of it is told.

A refusal after writing began has the members `written`: `blank`, the card is still one and is written anew; `unknown`, the
last command was on its way when the card left, and the same order on the same card finds out: a card that was finished is
held against the order and not written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from shebaoka.chip import commands
from shebaoka.chip.apdu import Transmit
from shebaoka.chip.errors import ChipDiffers, ChipRefused
from shebaoka.chip.numbers import parts
from shebaoka.chip.personalising import Laid, Order, compare, personalise
from shebaoka.chip.reading import Conversation, Prove, begin
from shebaoka.kit.problems import Problem
from shebaoka.terminal.errors import CardNotBlank, OrderOfAnotherCard

NO_KEY: Final = 0x6A88
"""What a card without a transport key answers to its proof: it is no blank any more. Inferred."""
INSTRUCTION: Final = 1
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
    talk = begin(under_way, atr)
    if not parts(order.identification_code).belongs_to(talk.reset):
        raise OrderOfAnotherCard
    try:
        return Made(personalise(talk, order, prove), already=False)
    except ChipRefused as refused:
        if refused.status_word != NO_KEY:
            raise _told(refused, under_way.written) from None
    except Problem as problem:
        raise _told(problem, under_way.written) from None
    return Made(_made_before(talk, order, prove), already=True)


def _made_before(talk: Conversation, order: Order, prove: Prove) -> list[Laid]:
    try:
        return compare(talk, order, prove)
    except (ChipDiffers, ChipRefused):
        raise CardNotBlank from None


def _told(problem: Problem, written: Written) -> Problem:
    problem.members["written"] = written
    return problem


class _UnderWay:
    """Carries commands, and knows whether the one that ends the blank life is among them."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit
        self.written: Written = "blank"

    def __call__(self, command: bytes) -> bytes:
        if command[INSTRUCTION] == commands.FINISH:
            self.written = "unknown"
        answer = self._transmit(command)
        self.written = "blank"
        return answer
