"""Virtual cards of invented people, and what a terminal is told when a card leaves in the middle."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from shebaoka.chip.numbers import identification_code
from shebaoka.chip.personalising import Order
from shebaoka.keys.demo import demo_ring
from shebaoka.terminal.terminal import Terminal
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.contact import Contact
from shebaoka_sandbox.card.profile import Holder, Pin, Profile, card_of

RING = demo_ring()
PROVES = (RING.prove,)
SOMEBODY = Holder()


def card(generation: int = 3, **fields):
    return card_of(Profile(**fields), generation)


def named(name: str) -> Holder:
    return replace(SOMEBODY, name=name)


def terminal(chip, proves=PROVES) -> Terminal:
    """A terminal with the card in its hand: no reader between them."""
    return Terminal(lambda raw: answer(chip, raw), chip.power(), proves)


def order(chip, **other) -> Order:
    """What is to stand on a blank: as the city orders it, keys enciphered."""
    bare = identification_code("999900", chip.reset, bytes(4))[:12]
    given = {
        "version": chip.version, "issuer": "999900000000", "issued_on": date(2019, 5, 6), "expires_on": date(2029, 5, 5),
        "identification_code": bare + RING.code_mac(chip.algorithm, chip.reset.factor, bare), "card_number": "A00000017",
        "id_number": SOMEBODY.id_number, "name": SOMEBODY.name, "sex": "1", "ethnicity": "01",
        "birth_date": SOMEBODY.birth_date, "keys": RING.card_keys(chip.algorithm, chip.reset.factor), "pin": "123456",
    }  # fmt: skip
    return Order(**given | other)


class Counted(Contact):
    """A card that counts its commands, and does something before it answers one of them."""

    def __init__(self, chip, at: int = -1, act=lambda: None) -> None:
        super().__init__(chip)
        self.asked = 0
        self.at = at
        self.act = act

    def answer(self, raw: bytes) -> bytes:
        self.asked += 1
        if self.asked == self.at:
            self.act()
        return super().answer(raw)


__all__ = ["PROVES", "RING", "SOMEBODY", "Counted", "Pin", "card", "named", "order", "terminal"]
