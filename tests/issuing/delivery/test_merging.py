"""A heap of messages, in any order and any repetition, ends the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shebaoka.issuing.delivery.merging import Outcome, merge_events
from shebaoka.issuing.delivery.model import Event, Parcel
from shebaoka.issuing.delivery.states import TOLD, Status
from shebaoka.records import s10

START = datetime(2019, 1, 2, tzinfo=UTC)
UNKNOWN, MISREAD = s10.make("EM", 99_999_998), "EM123456789CN"
WAYBILLS = ["A", "B", "C", "superseded", UNKNOWN, MISREAD]
KINDS = [*TOLD, "lost_at_sea"]


def parcel(waybill: str, status: Status) -> Parcel:
    return Parcel(1, ord(waybill[0]), 3, waybill, status, 5, 6, None, None, None, START)


def parcels(statuses: list[Status]) -> dict[str, Parcel]:
    found = {waybill: parcel(waybill, status) for waybill, status in zip("ABC", statuses, strict=True)}
    return found | {"superseded": found["A"]}


events = st.lists(
    st.builds(
        Event,
        event_id=st.integers(0, 30).map(str),
        waybill=st.sampled_from(WAYBILLS),
        kind=st.sampled_from(KINDS),
        occurred_at=st.integers(0, 9).map(lambda days: START + timedelta(days=days)),
        note=st.just(""),
    ),
    max_size=20,
    unique_by=lambda event: event.event_id,
)
standing = st.lists(st.sampled_from(Status), min_size=3, max_size=3)


def final(heap, known):
    merged = merge_events(heap, known)
    moved = {move.parcel.waybill: (move.status, move.event.event_id) for move in merged.moves}
    return merged.outcomes, moved


@given(events, standing, st.randoms())
def test_any_order_ends_the_same(heap, statuses, chance):
    shuffled = heap.copy()
    chance.shuffle(shuffled)
    assert final(shuffled, parcels(statuses)) == final(heap, parcels(statuses))


@given(events, standing, st.integers(0, 20))
def test_in_two_pages_the_parcels_end_as_in_one(heap, statuses, cut):
    known = parcels(statuses)
    for page in (heap[:cut], heap[cut:]):
        for move in merge_events(page, known).moves:
            moved = parcel(move.parcel.waybill, move.status)
            known |= {waybill: moved for waybill, one in known.items() if one.waybill == moved.waybill}
    whole = {move.parcel.waybill: move.status for move in merge_events(heap, parcels(statuses)).moves}
    assert {waybill: known[waybill].status for waybill in "ABC"} == {
        waybill: whole.get(waybill, status) for waybill, status in zip("ABC", statuses, strict=True)
    }


@given(events, standing)
def test_each_message_is_answered_for(heap, statuses):
    known = parcels(statuses)
    merged = merge_events(heap, known)
    for event in heap:
        outcome = merged.outcomes[event.event_id]
        assert (outcome == Outcome.UNKNOWN_KIND) == (event.kind not in TOLD)
        if event.kind in TOLD:
            assert (outcome == Outcome.UNKNOWN_WAYBILL) == (event.waybill == UNKNOWN)
            assert (outcome == Outcome.BAD_WAYBILL) == (event.waybill == MISREAD)
            waits = event.waybill in "ABC" and known[event.waybill].status == Status.PREPARED
            assert (outcome == Outcome.WAITING) == waits
    assert all(move.status != move.parcel.status for move in merged.moves)
