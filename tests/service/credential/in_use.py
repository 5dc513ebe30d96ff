"""Cards in use: chips personalised under a city's keys and taken in as issued, and terminals that let them answer."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.faces.api_town import id_number, person

from shebaoka.cards.commands import allocate_numbers, open_functions, take_made_cards, take_old_cards
from shebaoka.cards.model import MadeCard, OldCardRow, Opening, Outlet
from shebaoka.chip import commands as apdus
from shebaoka.chip.numbers import Reset, identification_code, make_reset
from shebaoka.chip.personalising import Order, personalise
from shebaoka.chip.proofs import CARD_KEY, CHALLENGE_BYTES, Schedule
from shebaoka.chip.reading import Conversation, begin
from shebaoka.chip.versions import DES, SM4, VERSIONS
from shebaoka.keys import hierarchy
from shebaoka.keys.hierarchy import NUMBERS, Ring
from shebaoka.keys.model import Level, key_name
from shebaoka.keys.using import Keys
from shebaoka.kit.work import Work
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.views import find
from shebaoka.registry.programme.views import load
from shebaoka.service.credential.model import Answered
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Chip

CITY, ELSEWHERE = "3100", "3301"
HELD: dict[tuple[int, int], str] = {(SM4, 1): "former", (SM4, 2): "in_force", (DES, 1): "in_force"}
"""The versions of the city's card keys, by algorithm: cards in the field have the former ones, too."""
IN_FORCE = {algorithm: version for (algorithm, version), status in HELD.items() if status == "in_force"}
BANK = 21


def ring_of(algorithm: int, city: str = CITY, version: int | None = None) -> Ring:
    version = version or IN_FORCE[algorithm]
    root = bytes(range(version, version + 16))
    keys = hierarchy.application_keys(algorithm, hierarchy.city_key(algorithm, root, city))
    return Ring.of(city, algorithm, keys, version)


class InMemory:
    """A key store for tests. `closed`: why it does not open."""

    def __init__(self) -> None:
        self.keys = {
            key_name(algorithm, version, Level.APPLICATION, number): ring_of(algorithm, CITY, version).keys[algorithm, number]
            for algorithm, version in HELD for number in NUMBERS
        }  # fmt: skip
        self.closed: Exception | None = None

    async def read(self, names):
        if self.closed:
            raise self.closed
        return {name: self.keys[name] for name in names if name in self.keys}

    async def put(self, keys):
        self.keys |= keys

    async def forget(self, names):
        for name in names:
            self.keys.pop(name, None)

    async def names(self):
        return sorted(self.keys)

    async def random(self, length):
        return random.Random(length).randbytes(length)

    async def closed_because(self):
        return str(self.closed or "")


def keys_of() -> Keys:
    return Keys(InMemory(), CITY)


async def know_keys(work: Work) -> None:
    """Let the tables know of the keys that the store in memory holds, as ceremonies do."""
    for (algorithm, version), status in HELD.items():
        named = {"a": algorithm, "v": version, "s": status, "now": work.now}
        await work.run("INSERT INTO card_key_set (algorithm, version, status, top, created_at)"
                       " VALUES (%(a)s, %(v)s, %(s)s, 'root', %(now)s)", named)  # fmt: skip
        for (_, number), key in ring_of(algorithm, CITY, version).keys.items():
            await work.run(
                "INSERT INTO card_key (algorithm, version, level, number, check_value, made_at)"
                " VALUES (%(a)s, %(v)s, 'application', %(n)s, %(c)s, %(now)s)",
                named | {"n": number, "c": hierarchy.check_value(algorithm, key)},
            )


@dataclass
class Issued:
    """A card that somebody holds: the chip, and what stands on its face."""

    chip: Chip
    card_number: str
    code: bytes
    person_id: int
    card_id: int = 0

    @property
    def reset(self) -> Reset:
        return self.chip.reset


def made_chip(
    n: int, number: str, generation: int = 3, city: str = CITY, keys: int | None = None
) -> tuple[Chip, bytes]:
    """Give somebody's chip with its keys, and its identification code, as a bureau with a version of the city's keys does."""
    version = VERSIONS[generation - 1]
    ring, reset = ring_of(version.algorithm, city, keys), make_reset(city, n.to_bytes(4, "big"))
    transport = Schedule(version.algorithm, ring.keys[version.algorithm, 0]).diversified(reset.factor)
    chip = Chip(version, reset, transport)
    data = identification_code(f"{city}00", reset, bytes(4))[:-4]
    code = data + ring.code_mac(version.algorithm, reset.factor, data)
    who = person(n)
    personalise(talk_to(chip), Order(
        version=version, identification_code=code, issuer=f"{city}00000000", issued_on=date(2019, 1, 1), expires_on=None,
        card_number=number, id_number=id_number(n), name=who.name, sex="1", ethnicity="01", birth_date=who.birth_date,
        keys=ring.card_keys(version.algorithm, reset.factor), pin="123456",
    ), ring.prove)  # fmt: skip
    return chip, code


async def issued(
    work: Work,
    n: int,
    generation: int = 3,
    *,
    open_it: bool = True,
    born: date = date(1980, 1, 1),
    keys: int | None = None,
) -> Issued:
    """Give somebody a card of a generation, good from the start unless it is not opened."""
    await upsert_many(work, [person(n, born)])
    holder = await find(work, id_number(n, born))
    (number,) = await allocate_numbers(work, 1)
    chip, code = made_chip(n, number, generation, keys=keys)
    if generation < 3:
        await take_old_cards(work, [OldCardRow(holder.person_id, number, date(2012, 1, 1))])
        return Issued(chip, number, code, holder.person_id)
    card_id = work.ids.one()
    codes = code.hex().upper(), chip.reset.historical.hex().upper()
    await take_made_cards(work, [
        MadeCard(holder.person_id, card_id, number, BANK, date(2019, 1, 1), None, *codes)
    ])  # fmt: skip
    if open_it:
        opening = Opening(holder.person_id, card_id, frozenset({"social"}), Outlet("community_centre"))
        await open_functions(work, await load(work), opening)
    return Issued(chip, number, code, holder.person_id, card_id)


def talk_to(chip: Chip) -> Conversation:
    return begin(lambda command: answer(chip, command), chip.power())


def lets_answer(card: Issued, challenge_id: int, challenge: bytes, **other: Any) -> Answered:
    """Let a card answer a challenge, as a terminal does."""
    talk = talk_to(card.chip)
    asked = challenge[: CHALLENGE_BYTES[card.chip.algorithm]]
    proof = talk.ask(apdus.internal_authenticate(CARD_KEY, asked, len(asked))).expect("内部认证")
    shown = Answered(
        challenge_id, card.chip.algorithm, card.reset.historical, card.code, card.card_number, proof
    )
    return replace(shown, **other)
