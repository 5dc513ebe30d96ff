"""Card keys from the root down: root → city → application → card. Pure: keys come in, proofs and derived keys go out.

Inferred throughout: the standard's text on SM4 derivation is not public. Each step is `chip.proofs.diversified`, the form of PBOC
cards; what is diversified by at each step (`city_factor`, `number_factor`) is our own, in the chip's own paddings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from shebaoka.chip import proofs
from shebaoka.chip.numbers import FACTOR_BYTES, REGISTERED
from shebaoka.chip.proofs import CARD_KEY, READ_KEY, TRANSPORT_KEY, UNBLOCK_KEY, WRITE_KEY, Schedule
from shebaoka.keys.errors import CardKeyNotHeld, CardOfAnotherCity

CODE_KEY: Final = 0x0C
"""Of the MAC in the identification code. It is on no card: whoever holds a card could else have it make its own MAC."""
ON_CARD: Final = (READ_KEY, WRITE_KEY, CARD_KEY, UNBLOCK_KEY)
"""What a personaliser loads."""
NUMBERS: Final = (TRANSPORT_KEY, CARD_KEY, WRITE_KEY, UNBLOCK_KEY, READ_KEY, CODE_KEY)
"""All application keys of a city."""
CITY_DIGITS: Final = 4
CHECK_BYTES: Final = 3


def city_factor(city: str) -> bytes:
    """Give what a city's keys are diversified by: its four digits, packed, padded with F."""
    assert len(city) == CITY_DIGITS
    return bytes.fromhex(city.ljust(2 * FACTOR_BYTES, "f"))


def number_factor(number: int) -> bytes:
    """Give what an application key is diversified by: the registered identifier, 00 00, and its number."""
    return REGISTERED + bytes((0, 0, number))


def city_key(algorithm: int, root: bytes, city: str) -> bytes:
    """Give a city's key below the root."""
    return Schedule(algorithm, root).diversified(city_factor(city))


def application_keys(algorithm: int, key: bytes) -> dict[int, bytes]:
    """Give the application keys below a city's key, by their numbers."""
    below = Schedule(algorithm, key)
    return {number: below.diversified(number_factor(number)) for number in NUMBERS}


def check_value(algorithm: int, key: bytes) -> bytes:
    """Give the three bytes by which people compare a key without seeing it (KCV): a block of zeros, enciphered."""
    return Schedule(algorithm, key).proof(bytes(proofs.CHALLENGE_BYTES[algorithm]))[:CHECK_BYTES]


@dataclass(slots=True)
class _Kept:
    """What a ring has set up: its own keys, and those of the card it was asked for last."""

    applications: dict[tuple[int, int], Schedule] = field(default_factory=dict)
    factor: bytes = b""
    card: dict[tuple[int, int], Schedule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ring:
    """Application keys of one city, by algorithm and number, for as long as one use takes. Its text shows no key."""

    city: str
    keys: Mapping[tuple[int, int], bytes] = field(repr=False)
    version: int = 1
    """Which version of the city's keys they are: to be noted of every card that is made with them."""
    _kept: _Kept = field(default_factory=_Kept, repr=False, compare=False)

    @classmethod
    def of(cls, city: str, algorithm: int, keys: Mapping[int, bytes], version: int = 1) -> Ring:
        """Give the ring of one algorithm's keys."""
        return cls(city, {(algorithm, number): key for number, key in keys.items()}, version)

    def only(self, numbers: Collection[int]) -> Ring:
        """Give a ring of some of the keys; what is not in this one is not in that one either."""
        return Ring(
            self.city, {which: key for which, key in self.keys.items() if which[1] in numbers}, self.version
        )

    def prove(self, algorithm: int, number: int, factor: bytes, challenge: bytes) -> bytes:
        """Give the proof that a card with this factor asks for; fits `chip.reading.Prove`.

        Raises CardKeyNotHeld and CardOfAnotherCity.
        """
        return self._of_card(algorithm, number, factor).proof(challenge)

    def card_key(self, algorithm: int, number: int, factor: bytes) -> bytes:
        """Give the key of the card with this factor. Raises CardKeyNotHeld and CardOfAnotherCity."""
        if factor[2:4].hex() != self.city:
            raise CardOfAnotherCity(f"{factor[2:4].hex()} ≠ {self.city}")
        above = self._kept.applications.get((algorithm, number))
        if above is None:
            key = self.keys.get((algorithm, number))
            if key is None:
                raise CardKeyNotHeld(f"{algorithm:02X}/{number:02X}", algorithm=algorithm, key=number)
            above = self._kept.applications[algorithm, number] = Schedule(algorithm, key)
        return above.diversified(factor)

    def card_keys(self, algorithm: int, factor: bytes) -> dict[int, bytes]:
        """Give the keys that a personaliser loads on the card with this factor, each enciphered under its transport key.

        Raises CardKeyNotHeld and CardOfAnotherCity.
        """
        transport = self._of_card(algorithm, TRANSPORT_KEY, factor)
        return {number: transport.wrapped(self.card_key(algorithm, number, factor)) for number in ON_CARD}

    def code_mac(self, algorithm: int, factor: bytes, data: bytes) -> bytes:
        """Give the four bytes that authenticate an identification code: of its bytes before them.

        Raises CardKeyNotHeld and CardOfAnotherCity.
        """
        return self._of_card(algorithm, CODE_KEY, factor).mac(data)

    def _of_card(self, algorithm: int, number: int, factor: bytes) -> Schedule:
        """Set up a key of the card with this factor; the last card's stay, because a card is asked several times."""
        kept, which = self._kept, (algorithm, number)
        if kept.factor != factor:
            kept.factor = factor
            kept.card.clear()
        if which not in kept.card:
            kept.card[which] = Schedule(algorithm, self.card_key(algorithm, number, factor))
        return kept.card[which]
