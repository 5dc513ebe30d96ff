"""Whether an old card is void, one bit and a quarter a card and never wrong about a card that was there.

No old card is made any more, so all of them are known. That makes a table possible that answers for each of them exactly and holds
none of them: three places of a card are combined by exclusive or, and the table is solved so that the outcome is its bit (Majewski
et al., "A family of perfect hashing methods", 1996; as in xor filters). Of a card that was not there it tells nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from shebaoka.records.status_list.errors import StatusListUnreadable
from shebaoka.records.status_list.prints import digest

SHARD_CARDS: Final = 16_384
SHARDS_MAX: Final = 65_536
ROOM: Final = 1.23
"""Places a card: below 1.222 a table of three places a card has no solution."""
ROOM_MORE: Final = 8
SEEDS: Final = 256
ENTRY: Final = struct.Struct(">IHBx")
WORDS: Final = struct.Struct(">3I")
SHARD_AT: Final = 6
WORDS_AT: Final = 8
WORD: Final = 2**32 - 1
COUNT_BYTES: Final = 4

CARD_CHARACTERS: Final = 10

Spread: TypeAlias = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""How a function is applied to many things: `map`, or that of a pool of processes."""
Solved: TypeAlias = tuple[int, int, bytes]
"""A third of its places, its seed, its bits."""


class Triples(NamedTuple):
    """The three places of each card of a shard, each in a third of its own."""

    first: list[int]
    second: list[int]
    third: list[int]


def table(runs: Sequence[bytes], salt: bytes, spread: Spread = map) -> bytes:
    """Make the section of the file. `runs`: cards of ten characters each, nine of the number and 1 for void, 0 for not.

    This function takes thirteen bytes of memory a card beside the runs; `spread` may hand its parts to several processes.
    """
    shards = min(SHARDS_MAX, sum(map(len, runs)) // CARD_CHARACTERS // SHARD_CARDS + 1)
    heaps = [bytearray() for _ in range(shards)]
    for parts in spread(partial(_sorted_out, salt, shards), runs):
        for heap, part in zip(heaps, parts, strict=True):
            heap.extend(part)
    entries, bits = [shards.to_bytes(COUNT_BYTES, "big")], []
    at = 0
    for third, seed, solved in spread(solve, map(bytes, heaps)):
        entries.append(ENTRY.pack(at, third, seed))
        bits.append(solved)
        at += len(solved)
    return b"".join(entries + bits)


def _sorted_out(salt: bytes, shards: int, run: bytes) -> list[bytes]:
    """Give each shard's cards among these: their words, and the bit."""
    heaps = [bytearray() for _ in range(shards)]
    for at in range(0, len(run), CARD_CHARACTERS):
        digested = digest(salt, run[at : at + CARD_CHARACTERS - 1])
        heap = heaps[_shard(digested, shards)]
        heap += digested[WORDS_AT : WORDS_AT + WORDS.size]
        heap.append(run[at + CARD_CHARACTERS - 1] & 1)
    return list(map(bytes, heaps))


def solve(shard: bytes) -> Solved:
    """Solve one shard: cards of thirteen bytes, three words and the bit. The first seed that can be solved is taken."""
    width = WORDS.size + 1
    words = [WORDS.unpack_from(shard, at) for at in range(0, len(shard), width)]
    third = int(len(words) * ROOM / 3) + ROOM_MORE if words else 0
    while True:
        for seed in range(SEEDS):
            places = _places(words, third, seed)
            order = _peeled(places, 3 * third)
            if len(order) == len(words):
                return third, seed, _packed(_filled(shard[WORDS.size :: width], places, order, 3 * third))
        third += third // 50 + 1


def check(section: bytes) -> None:
    """Refuse a section whose shards do not lie within it; StatusListUnreadable."""
    count = int.from_bytes(section[:COUNT_BYTES], "big")
    start = COUNT_BYTES + count * ENTRY.size
    if not 1 <= count <= SHARDS_MAX or start > len(section):
        raise StatusListUnreadable("老卡部分不完整 · the part on old cards is not whole")
    for at, third, _ in ENTRY.iter_unpack(section[COUNT_BYTES:start]):
        if start + at + (3 * third + 7) // 8 > len(section):
            raise StatusListUnreadable("老卡部分不完整 · the part on old cards is not whole")


def is_void(section: bytes, digested: bytes) -> bool:
    """Tell whether an old card is void; of a card that was not there this function will say either."""
    count = int.from_bytes(section[:COUNT_BYTES], "big")
    start = COUNT_BYTES + count * ENTRY.size
    at, third, seed = ENTRY.unpack_from(section, COUNT_BYTES + _shard(digested, count) * ENTRY.size)
    if not third:
        return False
    found = 0
    for part, word in enumerate(WORDS.unpack_from(digested, WORDS_AT)):
        bit = part * third + _place(word, third, seed)
        found ^= section[start + at + (bit >> 3)] >> (bit & 7)
    return bool(found & 1)


def _shard(digested: bytes, count: int) -> int:
    return int.from_bytes(digested[SHARD_AT:WORDS_AT], "big") % count


def _place(word: int, third: int, seed: int) -> int:
    return (word * (2 * seed + 1) & WORD) % third


def _places(words: list[tuple[int, ...]], third: int, seed: int) -> Triples:
    """As `_place` for all: written out, since this is where the time goes."""
    factor = 2 * seed + 1
    return Triples(*(
        [(word[part] * factor & WORD) % third + part * third for word in words] for part in range(3)
    ))  # fmt: skip


def _peeled(places: Triples, room: int) -> list[tuple[int, int]]:
    """Take away, again and again, a card with a place of its own; give card and place in that order, as far as it goes."""
    cards_at, sum_at = [0] * room, [0] * room
    for part in places:
        for card, place in enumerate(part):
            cards_at[place] += 1
            sum_at[place] ^= card
    alone = [place for place in range(room) if cards_at[place] == 1]
    order = []
    for place in alone:
        if cards_at[place] != 1:
            continue
        card = sum_at[place]
        order.append((card, place))
        for other in (places.first[card], places.second[card], places.third[card]):
            cards_at[other] -= 1
            sum_at[other] ^= card
            if cards_at[other] == 1:
                alone.append(other)
    return order


def _filled(bits: bytes, places: Triples, order: list[tuple[int, int]], room: int) -> bytearray:
    """Give each place a bit, the last card taken away first: its own place settles what the other two make of it."""
    table = bytearray(room)
    for card, place in reversed(order):
        table[place] = (
            bits[card] ^ table[places.first[card]] ^ table[places.second[card]] ^ table[places.third[card]]
        )
    return table


def _packed(table: bytearray) -> bytes:
    """Put eight places into a byte, the first into its lowest bit."""
    digits = bytes(bit + ord("0") for bit in reversed(table)).decode("ascii")
    return int(digits or "0", 2).to_bytes((len(table) + 7) // 8, "little")
