"""An order travels as text, and stands on its chip in the end: torn at any command, before the card had it or after."""

from __future__ import annotations

import msgspec
import pytest
from tests.chip.cards import Torn, blank, order, prove, prove_transport

from shebaoka.chip import proofs
from shebaoka.chip.errors import ChipDiffers, ChipRefused, ChipUnreadable
from shebaoka.chip.ordering import OrderText, as_text, of_text
from shebaoka.chip.personalising import digest, laid_out, written
from shebaoka.chip.reading import begin
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Life


def ordered(chip, **more):
    return order(chip, elsewhere=None, **more)


def proving(algorithm, key, factor, challenge):
    way = prove_transport if key == proofs.TRANSPORT_KEY else prove
    return way(algorithm, key, factor, challenge)


def writes(chip, wanted, *, torn_at=None, heard=False):
    """Have it written; `torn_at`: the card is pulled at that command, before it has it or (`heard`) before its answer comes."""
    sent = 0

    def transmit(command):
        nonlocal sent
        sent += 1
        if sent == torn_at and not heard:
            raise Torn
        told = answer(chip, command)
        if sent == torn_at:
            raise Torn
        return told

    return digest(written(begin(transmit, chip.power()), wanted, proving)), sent


@pytest.mark.parametrize(
    "more", [{}, {"expires_on": None, "photo": b"", "pin": "", "ethnicity": "", "keys": {}}]
)
def test_an_order_is_the_same_after_its_journey(more):
    wanted = ordered(blank(), **more)
    text = msgspec.json.encode(as_text(wanted))
    assert of_text(msgspec.json.decode(text, type=OrderText)) == wanted


def test_an_order_of_a_version_that_nobody_knows_is_refused():
    text = msgspec.structs.replace(as_text(ordered(blank())), version="9.00")
    with pytest.raises(ChipUnreadable):
        of_text(text)


@pytest.mark.parametrize("heard", [False, True], ids=["before", "after"])
def test_torn_at_every_command_the_same_chip_comes_to_the_same_card(heard):
    whole = blank()
    expected, commands = writes(whole, ordered(whole))
    for torn_at in range(1, commands + 1):
        chip = blank()
        with pytest.raises(Torn):
            writes(chip, ordered(chip), torn_at=torn_at, heard=heard)
        finished = heard and torn_at == commands
        assert chip.life is (Life.PERSONALISED if finished else Life.BLANK)
        assert writes(chip, ordered(chip))[0] == expected == digest(laid_out(ordered(chip)))
        assert chip.life is Life.PERSONALISED


def test_a_finished_card_is_not_written_again_and_must_be_the_ordered_one():
    chip = blank()
    writes(chip, ordered(chip))
    before = {
        name: bytes(one) if isinstance(one, bytearray) else list(one) for name, one in chip.contents.items()
    }
    with pytest.raises(ChipDiffers) as caught:
        writes(chip, ordered(chip, name="李小例"))
    assert caught.value.members == {"element": "name"}
    assert before == {
        name: bytes(one) if isinstance(one, bytearray) else list(one) for name, one in chip.contents.items()
    }


def test_a_blank_that_does_not_believe_is_no_finished_card():
    chip = blank()
    with pytest.raises(ChipRefused) as caught:
        written(
            begin(lambda command: answer(chip, command), chip.power()), ordered(chip), lambda *_: bytes(16)
        )
    assert caught.value.status_word == 0x63C7
    assert chip.life is Life.BLANK
