import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shebaoka.records import card_number, uscc
from shebaoka.records.card_number import ALPHABET, SERIAL_COUNT, CardNumberRefused


@settings(deadline=None)
@given(st.integers(0, SERIAL_COUNT - 1))
def test_every_serial_makes_a_number_that_reads_back(serial: int) -> None:
    number = card_number.from_serial(serial)
    assert len(number) == 9
    assert card_number.parse(f" {number.lower()} ") == number
    assert int(number[:8], 36) == serial


@settings(deadline=None)
@given(st.integers(0, SERIAL_COUNT - 1), st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(serial: int, place: int, character: str) -> None:
    number = card_number.from_serial(serial)
    wrong = number[:place] + character + number[place + 1 :]
    if wrong != number:
        with pytest.raises(CardNumberRefused):
            card_number.parse(wrong)


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "0000000É0", "00000000١"])
def test_refusals(text: str) -> None:
    with pytest.raises(CardNumberRefused):
        card_number.parse(text)


def test_the_check_character_can_be_replaced() -> None:
    assert card_number.from_serial(35, check=lambda _: "Q") == "0000000ZQ"
    assert card_number.parse("0000000ZQ", check=lambda _: "Q") == "0000000ZQ"


@pytest.mark.parametrize("serial", [-1, SERIAL_COUNT])
def test_serials_have_bounds(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        card_number.from_serial(serial)


def test_credit_codes() -> None:
    codes = [uscc.invented(serial) for serial in range(0, 1_000_000, 997)]
    assert len(set(codes)) == len(codes)
    assert all(uscc.is_sound(code) and uscc.is_invented(code) for code in codes)
    assert uscc.is_sound("91110000600037341L")
    assert not uscc.is_invented("91110000600037341L")
    assert not uscc.is_sound("91110000600037341M")
    with pytest.raises(ValueError, match="serial"):
        uscc.invented(1_000_000)
