"""A blank becomes the card of an order: what is known of it whenever a card leaves, without a reader between."""

from __future__ import annotations

import pytest
from bench.cards import SHORT, Blank, short
from tests.terminal.people import RING, Counted, card, order

from shebaoka.chip.errors import ChipDiffers, ChipRefused, ChipValueRefused
from shebaoka.chip.reading import begin
from shebaoka.keys.errors import CardOfAnotherCity
from shebaoka.keys.hierarchy import Ring
from shebaoka.terminal.errors import CardNotBlank, CardTorn, OrderOfAnotherCard
from shebaoka.terminal.making import make
from shebaoka_sandbox.card.state import Life

GENERATIONS = [1, 2, 3]
PROVED = 6


def made(contact, ordered=None, prove=RING.prove):
    return make(contact.answer, contact.power(), ordered or order(contact.chip), prove)


def torn():
    raise CardTorn


@pytest.mark.parametrize("generation", GENERATIONS)
def test_pulled_at_every_single_command_it_says_what_is_known_and_the_same_order_ends_it(generation):
    whole = Counted(card(generation, life="blank"))
    expected = made(whole).laid
    for at in range(1, whole.asked + 1):
        chip = card(generation, life="blank")
        with pytest.raises(CardTorn) as gone:
            made(Counted(chip, at, torn))
        # Here the card is pulled before it has done what it was told; over PC/SC (test_over_pcsc) after it.
        assert chip.life is Life.BLANK
        # It shows that it is a blank with the fifth command (SELECT and its answer, the version's SELECT, challenge, proof).
        shown = PROVED < at < whole.asked
        assert gone.value.members["written"] == ("blank" if shown else "unknown"), at
        again = made(Counted(chip))
        assert (again.already, again.laid) == (False, expected)


def test_an_answer_that_was_lost_at_the_very_end_is_found_again():
    whole = Counted(card(life="blank"))
    expected = made(whole).laid

    class Deaf(Counted):
        def answer(self, raw):
            answer = super().answer(raw)
            return torn() if self.asked == self.at else answer

    chip = card(life="blank")
    with pytest.raises(CardTorn) as gone:
        made(Deaf(chip, whole.asked))
    assert (gone.value.members["written"], chip.life) == ("unknown", Life.PERSONALISED)
    found = made(Counted(chip))
    assert (found.already, found.laid) == (True, expected)


def test_somebody_s_card_is_not_written_over():
    before = Counted(card(life="blank"))
    made(before)
    stands = {place: [*held] for place, held in before.chip.contents.items()}
    with pytest.raises(CardNotBlank):
        made(before, order(before.chip, name="别人"))
    assert {place: [*held] for place, held in before.chip.contents.items()} == stands


def test_what_is_refused_before_anything_is_written():
    blank = Counted(card(life="blank"))
    untouched = card(life="blank").contents
    with pytest.raises(OrderOfAnotherCard):
        made(blank, order(card(life="blank", serial="00000002")))
    with pytest.raises(ChipValueRefused) as long:
        made(blank, order(blank.chip, name="长" * 26))
    assert long.value.members["written"] == "unknown", "nothing was asked of it"
    with pytest.raises(CardOfAnotherCity):
        made(blank, prove=Ring("3100", RING.keys).prove)
    with pytest.raises(ChipRefused) as wrong:
        made(blank, prove=lambda *_: bytes(16))
    assert wrong.value.members["status_word"] == "63C7"
    assert blank.chip.contents == untouched


def test_a_reader_that_says_it_wrote_and_did_not():
    class Losing(Counted):
        def answer(self, raw):
            return b"\x90\x00" if raw[1] == 0xDC and raw[5] == 0x09 else super().answer(raw)

    blank = Losing(card(life="blank"))
    with pytest.raises(ChipDiffers) as differs:
        made(blank)
    assert differs.value.members == {"element": "name", "written": "blank"}


def test_the_form_that_is_measured_is_of_twenty_commands():
    blank = Blank(1)
    short(begin(blank.answer, blank.power()))
    assert (blank.asked, blank.chip.life) == (SHORT, Life.PERSONALISED)
