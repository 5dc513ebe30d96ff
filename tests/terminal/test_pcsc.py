"""What the PC/SC service answers, and how it is told: with a library that answers what it is told to."""

# ruff: noqa: N802 - the library's own names

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from shebaoka.terminal import pcsc
from shebaoka.terminal.errors import (
    CardMissing,
    CardSilent,
    CardTorn,
    ReaderChoice,
    ReaderFailed,
    ReaderInUse,
    ReaderMissing,
    ReaderServiceMissing,
    ReaderSupportMissing,
    ReaderUnplugged,
)


class Library(SimpleNamespace):
    """Stands in for smartcard.scard: two readers, a card in each of `cards`."""

    SCARD_SCOPE_SYSTEM = SCARD_STATE_UNAWARE = SCARD_UNPOWER_CARD = 0
    SCARD_STATE_EMPTY, SCARD_SHARE_EXCLUSIVE = 0x10, 1
    SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, SCARD_PCI_T0, SCARD_PCI_T1 = 1, 2, "T0", "T1"

    def __init__(self, cards=(), **codes):
        super().__init__(cards=cards, codes=codes, sent=[], protocol=1, answer=[0x90, 0x00])
        self.names = ["Alpha 00", "Alpha 01"]

    def code(self, what):
        # The library gives codes with their sign.
        code = self.codes.get(what, 0)
        return code - (1 << 32) if code >> 31 else code

    def SCardEstablishContext(self, _scope):
        return self.code("establish"), 7

    def SCardReleaseContext(self, _context):
        return 0

    def SCardListReaders(self, _context, _groups):
        return self.code("list"), self.names

    def SCardGetStatusChange(self, _context, _milliseconds, asked):
        return self.code("status"), [(name, 0x20 if name in self.cards else 0x10, []) for name, *_ in asked]

    def SCardConnect(self, *_):
        return self.code("connect"), 9, self.protocol

    def SCardStatus(self, _handle):
        return self.code("state"), "", 0, 0, [0x3B, 0x6D]

    def SCardTransmit(self, _handle, pci, command):
        self.sent.append((pci, bytes(command)))
        return self.code("transmit"), self.answer

    def SCardDisconnect(self, _handle, _then):
        return 0


@pytest.fixture
def library(monkeypatch):
    def use(*arguments, **codes):
        here = Library(*arguments, **codes)
        monkeypatch.setattr(pcsc, "_library", lambda: here)
        return here

    return use


@pytest.mark.parametrize(
    ("step", "code", "told"),
    [
        ("establish", 0x8010001D, ReaderServiceMissing),
        ("establish", 0x8010006A, ReaderServiceMissing),
        ("list", 0x8010001E, ReaderServiceMissing),
        ("status", 0x80100013, ReaderServiceMissing),
        ("connect", 0x8010000C, CardMissing),
        ("connect", 0x8010000B, ReaderInUse),
        ("connect", 0x80100009, ReaderMissing),
        ("connect", 0x80100066, CardSilent),
        ("connect", 0x8010002F, CardTorn),
        ("connect", 0x80100001, ReaderFailed),
        ("state", 0x80100069, CardTorn),
        ("transmit", 0x80100017, ReaderUnplugged),
        ("transmit", 0x8010001D, ReaderUnplugged),
        ("transmit", 0x80100013, ReaderUnplugged),
        ("transmit", 0x80100009, ReaderUnplugged),
        ("transmit", 0x8010000C, CardTorn),
        ("transmit", 0x80100069, CardTorn),
        ("transmit", 0x80100016, CardTorn),
        ("transmit", 0x80100001, ReaderFailed),
    ],
)
def test_each_code_is_told_as_what_it_means_to_whoever_stands_there(library, step, code, told):
    library(("Alpha 00",), **{step: code})
    with (
        pytest.raises(told) as refused,
        pcsc.service() as service,
        service.card(service.chosen("Alpha 00")) as card,
    ):
        card.transmit(b"\x00\xa4\x00\x00")
    assert f"{code:08X}" in refused.value.detail


def test_an_answer_that_breaks_off_is_a_card_that_has_gone(library):
    here = library(("Alpha 00",))
    here.answer = [0x90]
    with pcsc.service() as service, service.card(service.chosen(None)) as card, pytest.raises(CardTorn):
        card.transmit(b"\x00\xa4\x00\x00")


def test_the_library_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(ReaderSupportMissing) as missing, pcsc.service():
        pass
    assert "make setup" in missing.value.sentence()


@pytest.mark.parametrize(
    ("cards", "name", "chosen"),
    [
        (("Alpha 01",), None, "Alpha 01"),
        (("Alpha 00", "Alpha 01"), "01", "Alpha 01"),
        (("Alpha 00",), "Alpha 01", "Alpha 01"),
        ((), None, CardMissing),
        (("Alpha 00", "Alpha 01"), None, ReaderChoice),
        (("Alpha 00",), "Beta", ReaderMissing),
    ],
)
def test_which_reader_is_meant(library, cards, name, chosen):
    library(cards)
    with pcsc.service() as service:
        if isinstance(chosen, str):
            assert service.chosen(name).name == chosen
        else:
            with pytest.raises(chosen) as refused:
                service.chosen(name)
            assert refused.value.members["readers"]


def test_no_readers_is_an_answer_and_asking_for_one_is_refused(library):
    library(list=0x8010002E)
    with pcsc.service() as service:
        assert service.readers() == []
        with pytest.raises(ReaderMissing):
            service.chosen(None)


@pytest.mark.parametrize(
    ("protocol", "sent", "goes"),
    [
        (1, "0088000108" + "11" * 8 + "08", ("T0", "0088000108" + "11" * 8)),
        (2, "0088000108" + "11" * 8 + "08", ("T1", "0088000108" + "11" * 8 + "08")),
        (1, "00B2010412", ("T0", "00B2010412")),
        (1, "00B0000000", ("T0", "00B0000000")),
        (1, "00DC010403313233", ("T0", "00DC010403313233")),
    ],
)
def test_t0_has_no_place_for_a_length_behind_data(library, protocol, sent, goes):
    here = library(("Alpha 00",))
    here.protocol = protocol
    with pcsc.service() as service, service.card(service.chosen(None)) as card:
        assert card.transmit(bytes.fromhex(sent)) == b"\x90\x00"
    assert here.sent == [(goes[0], bytes.fromhex(goes[1]))]
