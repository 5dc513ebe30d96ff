"""The status list: what a terminal without a network may believe, what it refuses, and what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import SecretKey
from shebaoka.records.card_number import from_serial
from shebaoka.records.status_list import (
    Head,
    Presented,
    Sections,
    StatusList,
    StatusListAhead,
    StatusListGap,
    StatusListNotSigned,
    StatusListOfAnotherCity,
    StatusListOlder,
    StatusListUnreadable,
    Version,
    digest,
    fingerprint,
    old_cards,
    read,
    write,
)
from shebaoka.records.status_list.layout import HEAD

REFUSALS = (
    StatusListAhead,
    StatusListGap,
    StatusListNotSigned,
    StatusListOfAnotherCity,
    StatusListOlder,
    StatusListUnreadable,
)
KEY = SecretKey.from_bytes(sm3(b"the status list of the tests"))
OTHER_KEY = SecretKey.from_bytes(sm3(b"somebody else"))
CITY = "3100"
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
SALT = bytes(range(16))
BASE_HEAD = Head(CITY, Version(7, 0), NOW, 72 * 3600, 600, None, SALT, bytes(32))


def print_of(serial: int) -> int:
    return fingerprint(digest(SALT, from_serial(serial).encode()))


def new(serial: int) -> Presented:
    return Presented(from_serial(serial), "3.00", CITY)


def old(serial: int, version: str = "1.00") -> Presented:
    return Presented(from_serial(serial), version, CITY)


def table(void: set[int], good: set[int]) -> bytes:
    runs = [f"{from_serial(serial)}{int(serial in void)}".encode() for serial in void | good]
    return old_cards.table([b"".join(runs[:7]), b"".join(runs[7:])], SALT)


def base(void=(), suspended=None, old_part=b"", head=BASE_HEAD, key=KEY) -> bytes:
    held = {print_of(serial): after for serial, after in (suspended or {}).items()}
    return write(head, Sections.of(map(print_of, void), held, (), old_part), key)


def delta(before: bytes, number: int, void=(), suspended=None, cleared=(), key=KEY, **changed) -> bytes:
    made_at = NOW + timedelta(hours=number)
    head = replace(BASE_HEAD, version=Version(7, number), made_at=made_at, before=sm3(before))
    held = {print_of(serial): after for serial, after in (suspended or {}).items()}
    sections = Sections.of(map(print_of, void), held, map(print_of, cleared))
    return write(replace(head, **changed), sections, key)


def load(raw: bytes, *deltas: bytes, now: datetime = NOW + timedelta(hours=9), **more) -> StatusList:
    return StatusList.load(raw, deltas, KEY.public, now, **{"city": CITY} | more)


BASE = base({1, 2}, {3: 0, 4: 3600}, table({11, 12}, {13, 14}))
FIRST = delta(BASE, 1, void={5}, suspended={6: 0}, cleared={3})
SECOND = delta(FIRST, 2, void={6}, suspended={13: 60})


def test_void_and_suspended_cards_are_told_apart_and_others_are_not_listed():
    held = load(BASE, now=NOW)
    assert [held.standing(new(serial), NOW).listed for serial in (1, 2, 3, 4, 5, 99)] == [
        "void", "void", "suspended", "suspended", "not_listed", "not_listed",
    ]  # fmt: skip
    assert [held.standing(old(serial), NOW).listed for serial in (11, 12, 13, 14)] == [
        "void", "void", "not_listed", "not_listed",
    ]  # fmt: skip
    assert not held.standing(new(1), NOW).stale
    assert (held.version, held.as_of) == (Version(7, 0), NOW)


def test_deltas_say_what_became_since():
    held = load(BASE, FIRST, SECOND)
    now = NOW + timedelta(hours=2)
    assert [held.standing(new(serial), now).listed for serial in (1, 3, 5, 6)] == [
        "void", "not_listed", "void", "void",
    ]  # fmt: skip
    assert held.standing(old(13), now).until == now + timedelta(seconds=60)
    assert held.standing(old(12), now).listed == "void"
    assert (str(held.version), held.as_of) == ("7.2", now)


def test_a_temporary_report_ends_by_itself_to_the_second():
    held = load(BASE, now=NOW)
    end = NOW + timedelta(hours=1)
    before = held.standing(new(4), end - timedelta(seconds=1))
    assert (before.listed, before.until) == ("suspended", end)
    assert held.standing(new(4), end).listed == "not_listed"
    assert held.standing(new(3), end).until is None, "a formal one has no end"


def test_all_old_cards_end_on_a_day_that_the_list_names():
    ending = base({1}, head=replace(BASE_HEAD, old_void_from=date(2026, 3, 2)))
    held = load(ending, now=NOW)
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert held.standing(old(20), midnight - timedelta(seconds=1)).listed == "not_listed"
    assert held.standing(old(20, "2.00"), midnight).listed == "old_cards_ended", "midnight in Shanghai"
    assert held.standing(new(20), midnight).listed == "not_listed"


@pytest.mark.parametrize(
    ("version", "is_old"),
    [("1.00", True), ("2.00", True), ("", True), ("x", True), ("3.00", False), ("10.0", False)],
)
def test_what_an_old_card_is(version, is_old):
    assert Presented("", version, CITY).old == is_old


def test_another_city_s_card_is_none_of_this_list_s():
    answer = load(BASE).standing(Presented(from_serial(1), "3.00", "3205"), NOW)
    assert (answer.listed, answer.hit) == ("another_city", False)


def test_whoever_meets_a_listed_card_is_told_to_ask_online_and_to_turn_nobody_away():
    held = load(BASE)
    for card in (new(1), new(3), old(11)):
        answer = held.standing(card, NOW)
        assert answer.hit
        assert "联网核实" in answer.zh
        assert "不得因此拒绝诊治" in answer.zh
        assert "nobody is turned away" in answer.en


def test_a_stale_list_says_so_and_of_when_it_is():
    held = load(BASE)
    end = NOW + timedelta(hours=72)
    assert not held.standing(new(99), end).stale
    answer = held.standing(new(99), end + timedelta(seconds=1))
    assert answer.stale
    assert "2026-03-01 12:00" in answer.zh
    assert "too old to go by" in answer.en
    assert not load(BASE, FIRST).stale(end + timedelta(seconds=1)), "a delta makes it younger"


def test_a_clock_that_lags_is_found_out():
    load(BASE, now=NOW - timedelta(minutes=10))
    with pytest.raises(StatusListAhead):
        load(BASE, now=NOW - timedelta(minutes=10, seconds=1))
    held = load(BASE, now=NOW)
    with pytest.raises(StatusListAhead):
        held.follow(FIRST, KEY.public, NOW)
    assert (held.version, held.standing(new(5), NOW).listed) == (Version(7, 0), "not_listed")


@pytest.mark.parametrize(
    "deltas",
    [
        (SECOND,),
        (FIRST, FIRST),
        (SECOND, FIRST),
        (FIRST, SECOND, FIRST),
        (BASE,),
        (delta(SECOND, 1),),
        (delta(BASE, 1, salt=bytes(16)),),
        (delta(BASE, 1, version=Version(8, 1)),),
        (delta(BASE, 1, version=Version(6, 1)),),
        (delta(BASE, 1, made_at=NOW - timedelta(seconds=1)),),
    ],
    ids=[
        "gap",
        "replayed",
        "disordered",
        "again",
        "base",
        "fork",
        "salt",
        "next-epoch",
        "last-epoch",
        "back-in-time",
    ],
)
def test_what_does_not_follow_is_refused(deltas):
    with pytest.raises(StatusListGap):
        load(BASE, *deltas)


def test_a_delta_is_no_base():
    with pytest.raises(StatusListGap):
        load(FIRST)


def test_a_list_older_than_the_one_at_hand_is_refused():
    assert load(BASE, FIRST, held=Version(7, 1)).version == Version(7, 1)
    for held in (Version(7, 2), Version(8, 0)):
        with pytest.raises(StatusListOlder):
            load(BASE, FIRST, held=held)


def test_another_signer_and_another_city():
    with pytest.raises(StatusListNotSigned):
        load(base({1}, key=OTHER_KEY))
    with pytest.raises(StatusListNotSigned):
        load(BASE, delta(BASE, 1, key=OTHER_KEY))
    with pytest.raises(StatusListOfAnotherCity):
        load(BASE, city="3205")
    with pytest.raises(StatusListOfAnotherCity):
        load(BASE, delta(BASE, 1, city="3205"))


def test_a_signer_that_says_to_be_another():
    lying = bytearray(base({1}, key=OTHER_KEY)[:-64])
    lying[88:96] = BASE[88:96]
    with pytest.raises(StatusListNotSigned):
        load(bytes(lying) + OTHER_KEY.sign(bytes(lying)))


def test_no_byte_may_be_changed():
    for at in range(len(FIRST)):
        changed = bytearray(FIRST)
        changed[at] ^= 1
        with pytest.raises(REFUSALS):
            load(BASE, bytes(changed))


def test_no_file_may_be_cut_or_grow():
    for at in range(len(FIRST)):
        with pytest.raises(REFUSALS):
            load(BASE, FIRST[:at])
    with pytest.raises(REFUSALS):
        load(BASE + b"\0")


@given(st.binary(max_size=300), st.integers(0, HEAD.size))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_list_or_refused(raw, keep):
    for body in (raw, BASE[:keep] + raw):
        for data in (body, body + KEY.sign(body)):
            with pytest.raises(REFUSALS):
                StatusList.load(data, (), KEY.public, NOW, city=CITY)


FIELDS = st.tuples(
    st.just(b"SBKLIST1"), st.just(CITY.encode()), st.integers(0, 9), st.integers(0, 1), st.integers(0, 2**64 - 1),
    st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.sampled_from([0, 20260101, 20260230, 1]),
    st.just(SALT), st.just(bytes(32)), st.just(BASE[88:96]),
    st.integers(0, 3), st.integers(0, 3), st.integers(0, 1), st.integers(0, 40),
)  # fmt: skip


@given(FIELDS, st.binary(max_size=90))
@settings(max_examples=200, deadline=None)
def test_whatever_the_city_itself_signs_is_read_or_refused(fields, rest):
    *_, void, suspended, cleared, old_bytes = fields
    body = HEAD.pack(*fields) + rest[: 6 * (void + cleared) + 10 * suspended + old_bytes]
    try:
        held = StatusList.load(body + KEY.sign(body), (), KEY.public, NOW, city=CITY)
    except REFUSALS:
        return
    for card in (new(1), old(1)):
        assert held.standing(card, NOW).zh
        assert held.standing(card, datetime(2500, 1, 1, tzinfo=UTC)).stale


@pytest.mark.parametrize("cards", [0, 1, 2, 50, 3_000, 40_000])
def test_every_old_card_is_told_exactly(cards):
    void = set(range(0, cards, 3))
    part = table(void, set(range(cards)))
    held = load(base(old_part=part), now=NOW)
    assert [serial for serial in range(cards) if held.standing(old(serial), NOW).hit] == sorted(void)
    if cards == 40_000:
        assert len(part) * 8 / cards < 1.25, "a bit and a quarter a card"


def test_a_part_on_old_cards_that_is_cut_is_refused():
    whole = table({1}, {2, 3})
    for at in range(1, len(whole)):
        with pytest.raises(StatusListUnreadable):
            load(base(old_part=whole[:at]), now=NOW)
    with pytest.raises(StatusListUnreadable):
        load(base(old_part=bytes(4)), now=NOW)


def test_what_stands_where_it_must_not_is_refused():
    clearing = write(BASE_HEAD, Sections.of((), {}, [print_of(1)]), KEY)
    with pytest.raises(StatusListUnreadable):
        load(clearing)
    head = replace(BASE_HEAD, version=Version(7, 1), before=sm3(BASE))
    with pytest.raises(StatusListUnreadable):
        load(BASE, write(head, Sections.of((), {}, (), table({1}, {2})), KEY))
    sections = Sections.of([2, 1], {})
    sections.void.reverse()
    with pytest.raises(StatusListUnreadable):
        load(write(BASE_HEAD, sections, KEY))


def test_cards_that_share_a_fingerprint_are_told_as_the_worst_of_them():
    assert Sections.of([1], {1: 0, 2: 0}, [1, 2, 3]) == Sections.of([1], {2: 0}, [3])


def test_a_file_says_what_was_written():
    assert read(BASE, KEY.public, CITY)[0] == BASE_HEAD
    head = replace(BASE_HEAD, version=Version(7, 1), old_void_from=date(2026, 7, 1), before=sm3(BASE))
    sections = Sections.of([1, 2**48 - 1], {7: 2**32 - 1, 8: 0}, [9])
    assert read(write(head, sections, KEY), KEY.public, CITY) == (head, sections)


def test_the_same_card_is_listed_by_another_number_under_another_salt():
    assert fingerprint(digest(SALT, b"1")) != fingerprint(digest(bytes(16), b"1"))


STATE = st.one_of(st.just("good"), st.just("void"), st.just(0), st.integers(1, 20_000))


@given(
    st.dictionaries(st.integers(0, 30), STATE, max_size=20),
    st.lists(st.dictionaries(st.integers(0, 30), STATE, max_size=8), max_size=4),
    st.integers(0, 20_000),
)
@settings(max_examples=60, deadline=None)
def test_after_any_events_base_and_deltas_answer_as_what_happened(first, later, after):
    """Cards 0 to 14 are old, the others new. A state is good, void, or reported lost for so many seconds (0: without end)."""
    told: dict[int, object] = {}
    files = []
    for number, events in enumerate([first, *later]):
        made_at = NOW + timedelta(hours=number)
        void = {card for card, state in events.items() if state == "void"}
        lost = {card: state for card, state in events.items() if isinstance(state, int)}
        ends = {card: made_at + timedelta(seconds=lost[card]) if lost[card] else None for card in lost}
        told |= events | ends
        if number:
            files.append(delta(files[-1], number, void, lost, events.keys() - void - lost.keys()))
        else:
            elders = {card for card in void if card < 15}
            files.append(base(void - elders, lost, table(elders, set(range(15)))))
    held = load(*files)
    now = NOW + timedelta(hours=len(files) - 1, seconds=after)
    for card in range(31):
        state = told.get(card, "good")
        if isinstance(state, datetime):
            state = None if state > now else "good"
        expected = {"good": "not_listed", "void": "void", None: "suspended"}[state]
        assert held.standing(old(card) if card < 15 else new(card), now).listed == expected


def test_the_worked_example_of_the_document():
    page = (Path(__file__).parents[2] / "docs" / "status-list.md").read_text("utf-8")
    block = page.split("## An example")[1].split("```")[1]
    raw = bytes.fromhex("".join(line.partition("#")[0] for line in block.splitlines()))
    key = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    held = StatusList.load(raw, (), SecretKey.from_bytes(key).public, NOW, city=CITY)
    assert [held.standing(new(serial), NOW).listed for serial in (1, 2, 3)] == ["void", "void", "suspended"]
    assert held.standing(new(3), NOW).until == NOW + timedelta(hours=1)
    assert [held.standing(old(serial), NOW).listed for serial in (4, 5)] == ["void", "not_listed"]
    assert all(f"`{from_serial(serial)}`" in page for serial in range(1, 6))
    assert not held.stale(NOW + timedelta(hours=72))
