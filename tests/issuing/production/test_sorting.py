from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from shebaoka.issuing.production.model import CARDS_PER_BATCH_MAX, SentOrder
from shebaoka.issuing.production.placing import spread
from shebaoka.issuing.production.reading_back import Chips
from shebaoka.issuing.production.sorting import UNANSWERED, bank_text, sort_out
from shebaoka.issuing.production.states import OrderStatus
from shebaoka.records.bureau import ReturnRecord

DAY = date(2019, 1, 2)
RESET = "00814A444686603100" + "00000001"


class NoChips(Chips):
    """Believes every chip."""

    def wrong(self, line: ReturnRecord) -> list[str]:
        return []


CHIPS = NoChips("310000", lambda _factor, _code: b"", ())


def digest(kind: str, text: str) -> bytes:
    return f"{kind}:{text}".encode()


def order(number: str, status: OrderStatus, stage: str | None) -> SentOrder:
    return SentOrder(
        1, 2, 3, 1, status, number, 4, DAY, None, stage, digest("id_number", "1"), digest("name", "甲"),
        digest("bank", bank_text("乙", "6")), digest("chip", "C" * 64),
    )  # fmt: skip


def line(number: str, name: str, stage: str) -> ReturnRecord:
    made, chip = not stage, f"310000D15600000500000001{int(number):08}"
    return ReturnRecord(
        1, number, "1", name, DAY, None, chip if made else "", RESET if made else "", "C" * 64 if made else "", "乙", "6", "",
        0, stage, "" if made else "坏了",
    )  # fmt: skip


numbers = st.sampled_from([f"{n:09}" for n in range(6)])
lines = st.lists(
    st.builds(line, numbers, st.sampled_from(["甲", "丙"]), st.sampled_from(["", "制卡"])), max_size=15
)
orders = st.dictionaries(
    numbers, st.tuples(st.sampled_from(OrderStatus), st.sampled_from([None, "制卡", UNANSWERED]))
).map(lambda chosen: {number: order(number, *one) for number, one in chosen.items()})


@given(lines, orders)
def test_every_line_is_answered_for_and_no_card_counts_twice(returned, ordered):
    found = sort_out(returned, ordered, digest, CHIPS)
    taken = [one.card_number for one, _ in found.made + found.failed]
    assert len(taken) + len(found.differences) == len(returned)
    assert all(times == 1 for times in Counter(taken).values())
    assert all(ordered[number].status == OrderStatus.ORDERED for number in taken)
    assert all(line.name == "甲" for _, line in found.made + found.failed)
    assert all(line.made for _, line in found.made)
    assert not any(line.made for _, line in found.failed)
    # What was ordered and answered rightly at least once is taken.
    right = {one.card_number for one in returned if one.name == "甲"}
    assert {n for n, one in ordered.items() if one.status == OrderStatus.ORDERED} & right == set(taken)


@given(st.integers(0, 20_000), st.integers(0, CARDS_PER_BATCH_MAX))
def test_cards_spread_over_batches(count, room):
    first, *more = spread(count, room)
    assert first + sum(more) == count
    assert first <= room
    assert all(0 < cards <= CARDS_PER_BATCH_MAX for cards in more)
    assert not more or first == room
    assert all(cards == CARDS_PER_BATCH_MAX for cards in more[:-1])
