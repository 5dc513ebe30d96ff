from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shebaoka.records.id_column import read_column
from shebaoka.records.id_number import (
    REASONS,
    IdNumberRefused,
    Kind,
    Sex,
    mask,
    parse,
    with_check_character,
)

ON = date(2019, 5, 6)
SOUND = "100101199001010013"


def reason_of(text: str, *, invented_allowed: bool = True) -> str | None:
    try:
        parse(text, on=ON, invented_allowed=invented_allowed)
    except IdNumberRefused as refusal:
        return refusal.code
    return None


def test_published_specimen_of_a_foreigners_card() -> None:
    number = parse("910101198108030029", on=ON, invented_allowed=False)
    assert (number.kind, number.birth_date, number.sex) == (Kind.FOREIGN, date(1981, 8, 3), Sex.FEMALE)


@pytest.mark.parametrize(
    ("head", "kind"),
    [("310101", Kind.CITIZEN), ("810000", Kind.HK_MACAO_TAIWAN), ("830000", Kind.HK_MACAO_TAIWAN)],
)
def test_kinds(head: str, kind: Kind) -> None:
    number = parse(with_check_character(f"{head}19900101001"), on=ON, invented_allowed=False)
    assert (number.kind, number.sex, number.upgraded) == (kind, Sex.MALE, False)


def test_typed_carelessly() -> None:
    x = with_check_character("10010119900101003")
    assert x.endswith("X")
    for typed in (
        x.lower(),
        f" {x[:6]} {x[6:14]}-{x[14:]}\u3000",
        x.replace("1", "１").replace("X", "Ｘ"),
        f"'{x}",
    ):
        assert parse(typed, on=ON, invented_allowed=True).text == x


def test_fifteen_digits_become_eighteen() -> None:
    number = parse(SOUND[:6] + SOUND[8:17], on=ON, invented_allowed=True)
    assert (number.text, number.upgraded) == (SOUND, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id-length"),
        (SOUND[:-1], "id-length"),
        ("1001011990010100X6", "id-character"),
        (with_check_character("17010119900101001"), "id-province"),
        (with_check_character("10010119900230001"), "id-birth-date"),
        (with_check_character("10010118000101001"), "id-birth-date"),
        (with_check_character("10010120190507001"), "id-birth-future"),
        (SOUND[:-1] + "5", "id-check-digit"),
        ("１" * 17 + "٣", "id-character"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, code: str) -> None:
    assert reason_of(text) == code
    assert REASONS[code].remedy_zh
    with pytest.raises(IdNumberRefused) as refused:
        parse(text, on=ON, invented_allowed=True)
    assert refused.value.document()["reason"] == code


def test_invented_people_are_let_in_only_where_said() -> None:
    assert reason_of(SOUND) is None
    assert reason_of(SOUND, invented_allowed=False) == "id-invented"


def test_mask() -> None:
    assert mask("10010119900101005X") == "10**************5X"
    assert mask("12345678") == "********"


def near_numbers() -> st.SearchStrategy[str]:
    """Numbers that are sound, or nearly."""
    heads = st.sampled_from(["100101", "310101", "810000", "911124", "170101", "000000", "990000"])
    days = st.dates(date(1880, 1, 1), date(2030, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))
    firsts = st.tuples(
        heads, days | st.from_regex("[0-9]{8}", fullmatch=True), st.from_regex("[0-9]{3}", fullmatch=True)
    )
    whole = firsts.map("".join).map(lambda first: with_check_character(first[:17]))
    spoilt = st.tuples(whole, st.integers(0, 17), st.sampled_from("0X9x ５-a")).map(
        lambda given: given[0][: given[1]] + given[2] + given[0][given[1] + 1 :]
    )
    return whole | spoilt | whole.map(lambda number: number[:6] + number[8:17]) | whole.map(str.lower)


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=20) | near_numbers(), min_size=1), invented=st.booleans())
@example(texts=["𜳰" * 18, "٣" * 18, "\x1c" + SOUND, "ſ" * 18], invented=True)
def test_a_column_and_a_single_number_are_judged_alike(texts: list[str], invented: bool) -> None:
    column = read_column(pl.Series(texts, dtype=pl.String), on=ON, invented_allowed=invented)
    for text, row in zip(texts, column.iter_rows(named=True), strict=True):
        assert row["reason"] == reason_of(text, invented_allowed=invented)
        if row["reason"] is None:
            single = parse(text, on=ON, invented_allowed=invented)
            assert (row["number"], row["birth_date"], row["sex"], row["kind"], row["upgraded"]) == (
                single.text,
                single.birth_date,
                single.sex,
                single.kind,
                single.upgraded,
            )


def test_a_column_keeps_empty_cells() -> None:
    column = pl.Series([SOUND, None, "x"])
    assert read_column(column, on=ON, invented_allowed=True)["reason"].to_list() == [None, None, "id-length"]


def test_every_single_wrong_digit_is_found() -> None:
    random = Random(7)
    number = with_check_character(f"100101{random.randrange(1950, 2000)}0101{random.randrange(1000):03d}")
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(18)
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert None not in read_column(pl.Series(wrong), on=ON, invented_allowed=True)["reason"].to_list()


@pytest.mark.parametrize(
    ("born", "code"),
    [("20190506", None), ("20190507", "id-birth-future"), ("18890101", None), ("18881231", "id-birth-date")],
)
def test_the_first_and_the_last_day_somebody_may_be_born(born: str, code: str | None) -> None:
    number = with_check_character(f"100101{born}001")
    assert reason_of(number) == code
    assert read_column(pl.Series([number]), on=ON, invented_allowed=True)["reason"].to_list() == [code]
