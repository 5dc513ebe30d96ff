"""Commands and answers: their bytes as the field has them, T=0's detours, and answers that no card should give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.chip import commands as c
from shebaoka.chip.apdu import OK, Answer, Command, answer_of, exchange, parsed
from shebaoka.chip.errors import MEANING, ChipRefused, ChipUnreadable, ChipValueRefused, meaning
from shebaoka.chip.fci import Selected, selected
from shebaoka.chip.files.ssse_ef06 import ID_NUMBER, NAME
from shebaoka.chip.versions import SM4, SSSE

AS_IN_THE_FIELD = [
    (c.select_name(SSSE), "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"),
    (c.select_file(0xEF05, c.By.ANY), "00A4000002EF05"),
    (c.select_file(0xEF05), "00A4020002EF05"),
    (c.read_record(1, 0x12), "00B2010412"),
    (c.read_record(7, 0x0B, sfi=5), "00B2072C0B"),
    (c.read_record(1, 0x14, sfi=6), "00B2013414"),
    (c.read_record_by_tag(ID_NUMBER), "00B2080014"),
    (c.update_record(2, NAME.packed("例")), "00DC020420091EC0FD" + "00" * 28),
    (c.append_record(b"\x60\x01\x00"), "00DC000303600100"),
    (c.read_binary(0x180, 0x80), "00B0018080"),
    (c.update_binary(0x80, b"ab"), "00D60080026162"),
    (c.get_challenge(8), "0084000008"),
    (c.external_authenticate(0x0A, bytes(16)), "0082000A10" + "00" * 16),
    (c.internal_authenticate(0x01, bytes(16), 16), "0088000110" + "00" * 16 + "10"),
    (c.verify_pin("123456"), "0020000003123456"),
    (c.verify_pin("12345"), "002000000312345F"),
    (c.change_pin("123456", "654321"), "805E010007123456FF654321"),
    (c.unblock_pin("123456", b"\xaa\xbb"), "802C000006123456FFAABB"),
]


@pytest.mark.parametrize(("command", "stands"), AS_IN_THE_FIELD)
def test_commands_as_the_field_has_them(command, stands):
    assert command.encoded().hex().upper() == stands
    assert parsed(command.encoded()) == command


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "12a4", "１２３４"])
def test_a_pin_that_is_none(pin):
    with pytest.raises(ChipValueRefused):
        c.verify_pin(pin)


def test_more_than_one_command_carries():
    with pytest.raises(ChipValueRefused):
        Command(0, 0xDC, 1, 4, bytes(256)).encoded()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_command_or_refused(raw):
    try:
        command = parsed(raw)
    except ChipUnreadable:
        return
    assert parsed(command.encoded()) == command


class Card:
    """Answers what it was told to, in turn, and keeps what it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = [bytes.fromhex(answer) for answer in answers]
        self.asked: list[str] = []

    def __call__(self, command: bytes) -> bytes:
        self.asked.append(command.hex().upper())
        return self.answers.pop(0)


def test_what_a_card_keeps_back_is_fetched():
    card = Card("6103", "4142436102", "44459000")
    assert exchange(card, c.select_name(b"x")) == Answer(b"ABCDE", OK)
    assert card.asked[1:] == ["00C0000003", "00C0000002"]


def test_a_length_that_the_card_corrects_is_asked_again():
    card = Card("6C02", "41429000")
    assert exchange(card, c.read_record(1, 0x20)) == Answer(b"AB", OK)
    assert card.asked == ["00B2010420", "00B2010402"]


def test_both_detours_at_once():
    card = Card("6100", "6C01", "419000")
    assert exchange(card, c.select_name(b"x")) == Answer(b"A", OK)
    assert card.asked[1:] == ["00C0000000", "00C0000001"]


def test_a_card_that_never_ends_is_given_up():
    with pytest.raises(ChipUnreadable):
        exchange(Card(*["416101"] * 40), c.select_name(b"x"))


@pytest.mark.parametrize("answer", ["", "90"])
def test_less_than_a_status_word(answer):
    with pytest.raises(ChipUnreadable):
        answer_of(bytes.fromhex(answer))


def test_a_refusal_says_what_was_asked_and_what_the_card_means():
    with pytest.raises(ChipRefused) as refused:
        Answer(b"", 0x6982).expect("读取姓名 · READ RECORD")
    assert "读取姓名" in refused.value.detail
    assert "须先通过认证" in refused.value.detail
    assert refused.value.members["status_word"] == "6982"
    assert meaning(0x63C2) == ("验证未通过，还可再试 2 次", "wrong; 2 more tries")
    assert all(zh and en for zh, en in MEANING.values())


def test_what_a_directory_says_of_itself():
    raw = Selected(SSSE, SM4).encoded()
    assert raw.hex().upper() == "6F17840F7378312E73682EC9E7BBE1B1A3D5CFA5049F0C0103"
    assert selected(raw) == Selected(SSSE, SM4)


@given(st.binary(max_size=80))
def test_any_answer_to_select_is_read_or_refused(raw):
    try:
        found = selected(raw)
    except ChipUnreadable:
        return
    assert 0 <= found.algorithm <= 0xFF
