"""Terminals and virtual cards over a real PC/SC service: side by side, pulled in the middle, unplugged, and two at once."""

from __future__ import annotations

import pytest
from tests.terminal.people import PROVES, RING, Counted, card, order

from shebaoka.chip import commands
from shebaoka.chip.errors import ChipUnreadable
from shebaoka.chip.personalising import compare, personalise
from shebaoka.chip.reading import begin, read_card
from shebaoka.terminal import pcsc
from shebaoka.terminal.errors import (
    CardMissing,
    CardTorn,
    PinWrong,
    ReaderChoice,
    ReaderInUse,
    ReaderServiceMissing,
    ReaderUnplugged,
)
from shebaoka.terminal.terminal import Pin, terminal_at
from shebaoka_sandbox.card.state import Life


def test_an_old_and_a_new_card_side_by_side(readers):
    readers.insert(card(1, serial="0000000A"), card(3, serial="0000000B"))
    with pytest.raises(ReaderChoice), terminal_at(None, PROVES):
        pass
    with terminal_at(readers.names[0], PROVES) as old, terminal_at(readers.names[1], PROVES) as new:
        assert [(one.read().version, one.read().name) for one in (old, new)] == [
            ("1.00", "张大例"),
            ("3.00", "张大例"),
        ]
        with pytest.raises(PinWrong):
            old.verify_holder(Pin("999999"))
        new.verify_holder(Pin("123456"))
        old.check_card(bytes(range(16)), RING.prove)
        new.check_card(bytes(range(16)), RING.prove)
    readers.pull()
    readers.insert(card(2, serial="0000000C"))
    with terminal_at(readers.names[0], PROVES) as second:
        assert second.read().version == "2.00"


def test_what_was_proved_is_forgotten_between_two_sessions(readers):
    chip = card()
    readers.insert(chip)
    with terminal_at(None, PROVES) as there:
        there.read()
        assert chip.session.proved
    with pcsc.service() as service, service.card(service.chosen(None)) as held:
        # Not even SELECT, which forgets too, comes before it.
        assert held.transmit(commands.read_record(1, 0x14, sfi=6).encoded()).hex() == "6982"


@pytest.mark.parametrize("at", [1, 20])
def test_a_card_pulled_while_it_is_read(readers, at):
    readers.insert(Counted(card(), at, readers.pulled))
    with pytest.raises(CardTorn), terminal_at(None, PROVES) as there:
        there.read()
    readers.gone()
    with pytest.raises(CardMissing), terminal_at():
        pass


def test_two_at_once(readers):
    readers.insert(card())
    with terminal_at() as first:
        with pytest.raises(ReaderInUse), terminal_at():
            pass
        assert first.read().version == "3.00"
    with terminal_at() as second:
        assert second.read().version == "3.00"


def test_the_reader_is_unplugged(readers):
    readers.insert(card())
    with pytest.raises(ReaderUnplugged), terminal_at() as there:
        readers.unplug()
        there.read()
    with pytest.raises(ReaderServiceMissing), terminal_at():
        pass


def test_a_card_pulled_while_it_is_made_is_put_back_and_made(readers):
    """At some commands of all: each costs a second here. `tests/chip` pulls at every single one, without a reader between."""
    counted = Counted(card(life="blank"))
    personalise(begin(counted.answer, counted.power()), order(counted.chip), RING.prove)
    whole = counted.asked
    waiting = [Counted(card(life="blank"), at, readers.pulled) for at in (2, whole - 1, whole)]
    while waiting:
        torn = waiting.pop(0)
        readers.lay(torn)
        with pytest.raises(CardTorn):
            make(torn.chip)
        readers.gone()
        # The last command ends the blank life: it was done, though nobody heard of it.
        assert torn.chip.life is (Life.PERSONALISED if torn.at == whole else Life.BLANK)
        readers.insert(torn.chip)
        if torn.at < whole:
            make(torn.chip)
        with pcsc.service() as service, service.card(service.chosen(None)) as held:
            compare(begin(held.transmit, held.atr), order(torn.chip), RING.prove)
            assert read_card(held.transmit, held.atr, RING.prove).name == "张大例"


def make(chip):
    with pcsc.service() as service, service.card(service.chosen(None)) as held:
        personalise(begin(held.transmit, held.atr), order(chip), RING.prove)


def test_a_blank_says_that_it_is_one(readers):
    readers.insert(card(life="blank"))
    with pytest.raises(ChipUnreadable) as blank, terminal_at() as there:
        there.read()
    assert "空白卡" in blank.value.detail
