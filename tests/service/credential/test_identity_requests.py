"""A relying party is told yes and no, with consent, for what it is registered for; the holder sees who asked, refusals too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import get_args

import pytest
from tests.faces.api_town import AGENCY, HOSPITAL, HOTEL, LIBRARY, ONLINE, id_number, person
from tests.service.credential.conftest import ADMINISTRATOR
from tests.service.credential.in_use import Issued, issued, keys_of, lets_answer

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.problems import NotFound
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import KINDS, RELYING
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.programme import files
from shebaoka.registry.programme.model import IdentityField, IdentityPurpose
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load
from shebaoka.service.credential import views
from shebaoka.service.credential.commands import (
    ask,
    challenge,
    check,
    forget_due,
    give_code,
    register,
    withdraw,
)
from shebaoka.service.credential.errors import IdentityLocked, PurposeNotForKind
from shebaoka.service.credential.model import ByCard, ByCode, Question

YES = {"holder": True, "name_matches": True, "card_good": True}


@dataclass
class Guest:
    """Somebody with a card, and what a hotel and a library ask of them."""

    card: Issued
    n: int
    born: date

    @property
    def person_id(self) -> int:
        return self.card.person_id

    def check_in(self, consent, **other) -> Question:
        number, name = id_number(self.n, self.born), person(self.n).name
        return replace(Question("hotel_check_in", frozenset(YES), consent, number, name), **other)


def age(consent, over: int = 60) -> Question:
    return Question("age_benefit", frozenset({"age_over", "card_good"}), consent, age=over)


@dataclass
class Desks:
    """Relying parties' terminals of one test: nobody else's failures count for them."""

    name: str

    def hotel(self, n: int = 1) -> Actor:
        return Actor(f"client:hotel-{n}-{self.name}", HOTEL, "relying_system")

    @property
    def library(self) -> Actor:
        return Actor(f"client:library-{self.name}", LIBRARY, "relying_system")

    @property
    def agency(self) -> Actor:
        return Actor(f"client:agency-{self.name}", AGENCY, "relying_system")


@pytest.fixture
def desks(request) -> Desks:
    return Desks(request.node.name)


async def guest(town, born=date(1980, 1, 1)) -> Guest:
    n = town.somebody()
    async with town.database.work(SYSTEM) as work:
        return Guest(await issued(work, n, born=born), n, born)


async def code_of(town, who: Guest, purpose="hotel_check_in") -> ByCode:
    async with town.database.work(Actor(f"resident:{who.n}", ONLINE, "resident", who.person_id)) as work:
        return ByCode((await give_code(work, await load(work), who.person_id, purpose)).code)


async def told(town, question, actor):
    """Give what a relying party was told: why it was refused, and yes and no."""
    async with town.database.work(actor) as work:
        number = await ask(work, await load(work), question)
        found, said = await views.request(work, number)
    return found.refused, dict(said.yes)


async def checked(town, who: Guest, actor, **other) -> int:
    async with town.database.work(actor) as work:
        made = await challenge(work, await load(work))
        shown = lets_answer(who.card, made.challenge_id, made.challenge, **other)
        await check(work, await load(work), keys_of(), shown)
    return made.challenge_id


async def listed(town, person_id):
    async with town.database.work(SYSTEM) as work:
        return await views.about(work, person_id)


NO_CONSENT = ("no_consent", {})


async def test_a_code_consents_once_soon_and_only_to_what_it_was_given_for(town, clock, desks):
    who, hotel = await guest(town), desks.hotel()
    code = await code_of(town, who)
    assert await told(town, age(code), desks.library) == NO_CONSENT
    assert await told(town, who.check_in(code), hotel) == (None, YES)
    assert await told(town, who.check_in(code), hotel) == NO_CONSENT, "a code counts once"
    lying = who.check_in(await code_of(town, who), id_number=id_number(2), name="别人")
    assert await told(town, lying, hotel) == (
        None,
        {"holder": False, "name_matches": False, "card_good": True},
    )
    first, second = await code_of(town, who), await code_of(town, who)
    assert await told(town, who.check_in(first), hotel) == NO_CONSENT, "the newest counts"
    clock.at += timedelta(minutes=5)
    assert await told(town, who.check_in(second), hotel) == NO_CONSENT, "for five minutes"
    shown = await listed(town, who.person_id)
    assert [(one.organisation_id, one.refused) for one, _ in reversed(shown)] == [
        (LIBRARY, "no_consent"), (HOTEL, None), (HOTEL, "no_consent"), (HOTEL, None), (HOTEL, "no_consent"),
        (HOTEL, "no_consent"),
    ]  # fmt: skip
    assert shown[2][1].yes == {"holder": False, "name_matches": False, "card_good": True}
    facts = await town.facts("identity.asked_about")
    assert [fact[0] for fact in facts] == [who.person_id] * 6
    assert person(who.n).name not in str(facts) + str([one.sealed for one, _ in shown])


async def test_a_card_that_was_checked_consents_by_its_pin_or_in_person(town, clock, desks):
    who, old = await guest(town), await guest(town, date(1950, 6, 1))
    hotel, second = desks.hotel(), desks.hotel(2)
    by_pin = ByCard(await checked(town, who, hotel, pin="verified"))
    assert await told(town, who.check_in(by_pin), hotel) == (None, YES)
    assert await told(town, who.check_in(by_pin), hotel) == NO_CONSENT, "a check counts once"
    for pin in ("wrong", "blocked", "not_asked"):
        unproven = ByCard(await checked(town, who, hotel, pin=pin))
        assert await told(town, who.check_in(unproven), hotel) == NO_CONSENT, pin
    present = ByCard(await checked(town, who, hotel), in_person=True)
    assert await told(town, who.check_in(present), second) == (None, YES), "another desk of the house"
    copied = ByCard(await checked(town, who, hotel, proof=bytes(16)), in_person=True)
    assert await told(town, who.check_in(copied), second) == NO_CONSENT
    theirs = ByCard(await checked(town, who, hotel), in_person=True)
    assert await told(town, age(theirs), desks.library) == NO_CONSENT, "another party's check is no consent"
    over = ByCard(await checked(town, old, desks.library), in_person=True)
    assert await told(town, age(over, 65), desks.library) == (None, {"age_over": True, "card_good": True})
    stale = ByCard(await checked(town, who, desks.library), in_person=True)
    clock.at += timedelta(minutes=5)
    assert await told(town, age(stale), desks.library) == NO_CONSENT


async def test_nobody_asks_more_than_its_kind_and_registration_let_it(town, desks):
    who, hotel, library = await guest(town), desks.hotel(), desks.library
    nothing, everything = ByCode(""), frozenset(get_args(IdentityField))
    check_in = who.check_in(nothing)
    asked = [
        (hotel, replace(check_in, fields=check_in.fields | {"name_masked"}), "not_allowed"),
        (hotel, replace(check_in, fields=frozenset({"age_over"}), age=18), "not_allowed"),
        (hotel, replace(check_in, purpose="library_card"), "not_registered"),
        (library, age(nothing, 61), "not_allowed"),
        (library, replace(age(nothing), fields=everything), "not_allowed"),
        (desks.agency, age(nothing), "not_registered"),
        (replace(hotel, organisation_id=HOSPITAL), check_in, "not_registered"),
    ]
    for actor, question, why in asked:
        code = await code_of(town, who, question.purpose)
        assert await told(town, replace(question, consent=code), actor) == (why, {})
    assert len(await listed(town, who.person_id)) == len(asked), "the holder sees what was refused"
    code = await code_of(town, who, "public_service")
    all_of_it = replace(check_in, purpose="public_service", fields=everything, consent=code, age=18)
    assert await told(town, all_of_it, desks.agency) == (None, YES | {"age_over": True})
    assert (await listed(town, who.person_id))[0][1].name_masked == f"{person(who.n).name[0]}*"


async def test_purposes_are_registered_within_the_rules_and_withdrawn_at_once(town, desks):
    who = await guest(town)
    async with town.database.work(ADMINISTRATOR) as work:
        programme, agency = await load(work), await institutions.by_id(work, AGENCY)
        with pytest.raises(PurposeNotForKind):
            await register(work, programme, agency, "library_card")
        for _ in range(2):
            await register(work, programme, agency, "age_benefit")
    assert (await told(town, age(await code_of(town, who, "age_benefit")), desks.agency))[0] is None
    async with town.database.work(ADMINISTRATOR) as work:
        await withdraw(work, agency, "age_benefit")
        with pytest.raises(NotFound):
            await withdraw(work, agency, "age_benefit")
    assert (await told(town, age(await code_of(town, who, "age_benefit")), desks.agency))[
        0
    ] == "not_registered"
    assert [len(await town.facts(f"identity.purpose_{what}")) for what in ("registered", "withdrawn")] == [
        1,
        1,
    ]


async def test_a_number_that_nobody_has_is_answered_as_any_other_and_guessing_ends(town, clock, desks):
    who, hotel = await guest(town), desks.hotel()
    known = who.check_in(ByCode("0000000X"))
    unknown = replace(known, id_number=id_number(999))
    nobodys = len(await listed(town, 0))
    assert await told(town, known, hotel) == await told(town, unknown, hotel) == NO_CONSENT
    assert len(await listed(town, 0)) == nobodys + 1
    for _ in range(3):
        await told(town, unknown, hotel)
    mine = who.check_in(await code_of(town, who))
    for question in (known, unknown, mine):
        with pytest.raises(IdentityLocked) as locked:
            await told(town, question, hotel)
        assert locked.value.members["retry_after_seconds"] == 15 * 60
    assert await told(town, mine, desks.hotel(2)) == (None, YES), "nobody else is locked out"
    clock.at += timedelta(minutes=15)
    assert await told(town, known, hotel) == NO_CONSENT


async def test_the_dead_consent_to_nothing_and_what_is_old_is_forgotten(town, clock, desks):
    who, hotel = await guest(town), desks.hotel()
    code, shown = await code_of(town, who), await checked(town, who, hotel, pin="verified")
    async with town.database.work(SYSTEM) as work:
        await upsert_many(work, [person(who.n, died_on=date(2019, 1, 1))])
    for consent in (code, ByCard(shown), ByCard(shown, in_person=True)):
        assert await told(town, who.check_in(consent), hotel) == NO_CONSENT
    clock.at += timedelta(days=1_095)
    await forget_due(town.database)
    assert len(await listed(town, who.person_id)) == 3
    clock.at += timedelta(days=1)
    assert (await forget_due(town.database)).requests >= 3
    assert await listed(town, who.person_id) == []
    async with town.database.work(SYSTEM) as work:
        for table in ("card_challenge", "identity_code", "card_ticket"):
            assert await work.value(f"SELECT count(*) FROM {table}") == 0


async def test_of_two_requests_with_one_consent_at_the_same_instant_one_is_answered(town, desks):
    who = await guest(town)
    for n in range(8):
        code, shown = await code_of(town, who), await checked(town, who, desks.hotel(), pin="verified")
        for consent in (code, ByCard(shown)):
            barrier = asyncio.Barrier(2)

            async def one(desk, consent=consent, barrier=barrier):
                async with town.database.work(desk) as work:
                    programme = await load(work)
                    await barrier.wait()
                    number = await ask(work, programme, who.check_in(consent))
                    return (await views.request(work, number))[0].refused

            came = await asyncio.gather(*(one(desks.hotel(10 * n + each)) for each in (1, 2)))
            assert sorted(map(str, came)) == ["None", "no_consent"]


def test_the_rules_let_each_kind_ask_the_least():
    """Nobody is let see a name in full or a birthday; a benefit of age sees no name at all; all others may ask nothing."""
    programme = Programme(rule for rule, _ in files.read(files.PACKAGED))
    for purpose in get_args(IdentityPurpose):
        for kind in KINDS:
            rule, why = programme.identity(kind, purpose, date(2019, 1, 2))
            assert why.source
            if kind not in RELYING:
                assert rule.fields == rule.consents == ()
            if purpose == "age_benefit":
                assert {"holder", "name_matches", "name_masked"}.isdisjoint(rule.fields)
            if "name_masked" in rule.fields:
                assert kind == "agency"
