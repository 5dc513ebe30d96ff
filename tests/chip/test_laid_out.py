"""An order as bytes: what is written, read back, and held against each other by its digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.chip.cards import blank, order, prove_transport, talk_to

from shebaoka.chip.errors import ChipDiffers, ChipValueRefused
from shebaoka.chip.numbers import identification_code
from shebaoka.chip.personalising import digest, laid_out, personalise
from shebaoka.chip.reading import begin
from shebaoka_sandbox.card.answering import answer

COMMANDS_MAX = 100
"""Of a card with an address and a photo of two thousand bytes."""


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_what_is_read_back_has_the_digest_of_the_order(generation):
    chip = blank(generation)
    wanted = order(chip, photo=b"\xff\xd8" + bytes(2_000))
    assert digest(personalise(talk_to(chip), wanted, prove_transport)) == digest(laid_out(wanted))


def test_the_digest_is_known_before_there_is_a_blank():
    one, other = blank(serial=1), blank(serial=2)
    of_other = identification_code("310000", other.reset, b"\4\3\2\1")
    assert digest(laid_out(order(one, identification_code=b""))) == digest(laid_out(order(one)))
    assert digest(laid_out(order(one, identification_code=of_other))) == digest(laid_out(order(one)))


@pytest.mark.parametrize(
    "otherwise",
    [
        {"name": "张大丽"}, {"id_number": "100101198001010028"}, {"card_number": "A00000025"}, {"sex": "2"}, {"ethnicity": "02"},
        {"birth_date": date(1980, 1, 2)}, {"issued_on": date(2019, 5, 7)}, {"expires_on": None}, {"issuer": "310000000001"},
        {"photo": b"\xff\xd8 another"}, {"photo": b""}, {"birthplace": ""}, {"elsewhere": {}},
    ],
    ids=lambda given: next(iter(given)),
)  # fmt: skip
def test_whatever_stands_otherwise_has_another_digest(otherwise):
    chip = blank()
    assert digest(laid_out(order(chip, **otherwise))) != digest(laid_out(order(chip)))


def test_a_chip_that_keeps_something_else_is_found_out():
    chip = blank()

    def transmit(command: bytes) -> bytes:
        # UPDATE RECORD of the name (tag 09): its first character is kept wrong.
        named = command[1:3] == b"\xdc\x02" and command[5] == 0x09
        spoilt = command[:8] + bytes([command[8] ^ 1]) + command[9:] if named else command
        return answer(chip, spoilt)

    with pytest.raises(ChipDiffers) as caught:
        personalise(begin(transmit, chip.power()), order(chip), prove_transport)
    assert caught.value.members == {"element": "name"}


def test_what_a_field_cannot_hold_is_refused_before_anything_is_written():
    chip = blank()
    for wrong in ({"name": "张𠮷"}, {"name": "张" * 26}, {"photo": bytes(0x1001)}, {"issuer": "x"}):
        with pytest.raises(ChipValueRefused) as caught:
            laid_out(order(chip, **wrong))
        assert caught.value.members["element"] == next(iter(wrong))


def test_a_directory_is_entered_once_for_all_its_files():
    chip, sent = blank(), []

    def transmit(command: bytes) -> bytes:
        sent.append(command)
        return answer(chip, command)

    wanted = replace(order(chip), photo=bytes(2_000))
    personalise(begin(transmit, chip.power()), wanted, prove_transport)
    assert sum(command[1] == 0x82 for command in sent) == 5, (
        "two directories to write and to read, and the keys"
    )
    assert len(sent) <= COMMANDS_MAX
