"""Virtual cards of all versions, blank and of invented people, and terminals that have the keys, or have not."""

from __future__ import annotations

from datetime import date

from shebaoka.chip import proofs
from shebaoka.chip.numbers import identification_code, make_reset
from shebaoka.chip.personalising import Order, personalise
from shebaoka.chip.reading import Conversation, begin
from shebaoka.chip.versions import VERSIONS
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Chip

TRANSPORT, CITY_KEY = bytes(range(16)), bytes(range(16, 32))
PIN = "123456"
OWN_KEYS = (proofs.READ_KEY, proofs.WRITE_KEY, proofs.CARD_KEY, proofs.UNBLOCK_KEY)


class Torn(Exception):  # noqa: N818 - the fact
    """The card was pulled."""


def blank(generation: int = 3, serial: int = 1) -> Chip:
    counted = iter(range(1, 1 << 30))
    return Chip(
        VERSIONS[generation - 1], make_reset("3100", serial.to_bytes(4, "big")), TRANSPORT,
        random=lambda length: next(counted).to_bytes(length, "big"),
    )  # fmt: skip


def own_key(chip: Chip, number: int) -> bytes:
    """Give the card's own key: of the city's, by the card's factor."""
    key = bytes(byte ^ number for byte in CITY_KEY)
    return proofs.Schedule(chip.algorithm, key).diversified(chip.reset.factor)


def order(chip: Chip, **other) -> Order:
    given = {
        "version": chip.version, "identification_code": identification_code("310000", chip.reset, b"\1\2\3\4"),
        "issuer": "310000000000", "issued_on": date(2019, 5, 6), "expires_on": date(2029, 5, 5), "card_number": "A00000017",
        "id_number": "10010119800101001X", "name": "张大例", "sex": "1", "ethnicity": "01", "birth_date": date(1980, 1, 1),
        "keys": {n: proofs.Schedule(chip.algorithm, TRANSPORT).wrapped(own_key(chip, n)) for n in OWN_KEYS},
        "birthplace": "310101", "photo": b"\xff\xd8 a picture", "pin": PIN,
        "elsewhere": {"reached": {"address": "虚构路1号", "division": "310101", "mobile": "15400000000"}},
    }  # fmt: skip
    return Order(**given | other)


def talk_to(chip: Chip, pulled_after: int | None = None) -> Conversation:
    """Power a card and begin; `pulled_after`: how many commands later it is pulled out."""
    done = 0

    def transmit(command: bytes) -> bytes:
        nonlocal done
        if pulled_after is not None and done >= pulled_after:
            raise Torn
        done += 1
        return answer(chip, command)

    return begin(transmit, chip.power())


def prove_transport(algorithm: int, _key: int, _factor: bytes, challenge: bytes) -> bytes:
    return proofs.Schedule(algorithm, TRANSPORT).proof(challenge)


def prove(algorithm: int, key: int, factor: bytes, challenge: bytes) -> bytes:
    """As a terminal with the city's keys does."""
    own = proofs.Schedule(algorithm, bytes(byte ^ key for byte in CITY_KEY)).diversified(factor)
    return proofs.Schedule(algorithm, own).proof(challenge)


def stranger(algorithm: int, _key: int, _factor: bytes, challenge: bytes) -> bytes:
    """As a terminal without them does."""
    return proofs.Schedule(algorithm, bytes(16)).proof(challenge)


def of_somebody(generation: int = 3, **other) -> Chip:
    """Give a personalised card."""
    chip = blank(generation)
    personalise(talk_to(chip), order(chip, **other), prove_transport)
    return chip
