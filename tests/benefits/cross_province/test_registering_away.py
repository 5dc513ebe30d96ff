"""Who may be registered for care in another province, by whom, for how long; and that one of a kind is in force."""

from __future__ import annotations

import pytest
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import Clinics, D, outcomes, row
from tests.benefits.settlement.conftest import RESIDENT

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.errors import PlaceRefused, RegistrationInForce, RegistrationRefused
from shebaoka.benefits.cross_province.model import Registering
from shebaoka.benefits.cross_province.places import covers, province_of
from shebaoka.benefits.cross_province.states import REGISTRATION, REGISTRATION_WORDS, after
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.registry.programme.commands import load_rules

HOME, NANJING = "310000", "320100"


@pytest.fixture
async def town(database, clock) -> Clinics:
    """1: active; 2: retired; 3: a resident of 40; 4: a resident of 70."""
    town = Clinics(database, clock)
    town.noon("2019-01-02")
    await town.act(load_rules)
    await town.begin({
        1: row(1), 2: row(2, "1950-01-01", insured_status="retired", insured_since=D("2012-03-01")),
        3: row(3, "1978-01-01", **RESIDENT), 4: row(4, "1948-01-01", **RESIDENT),
    })  # fmt: skip
    return town


def wish(town, n, number="1", **more) -> Registering:
    given = {"kind": "resettled", "place": NANJING, "registrar": "centre", "from_on": D("2019-01-02"),
             "documents": ("residence_proof",)}  # fmt: skip
    return Registering(person_id=town.ids[n], number=number, **(given | more))


REFERRAL = {"kind": "referral", "registrar": "hospital", "documents": ("referral_letter",)}


async def register(town, *asked, **more):
    return await town.act(commands.register, PROGRAMME, HOME, wish(town, *asked, **more))


async def test_the_rules_say_who_may_by_whom_and_for_how_long(town):
    settled = await register(town, 2)
    assert (settled.until_on, settled.rule_id, settled.status) == (None, "retirees_at_a_centre", "in_force")
    referred = await register(town, 1, **REFERRAL, from_on=D("2018-08-31"), until_on=D("2030-01-01"))
    assert referred.until_on == D("2019-02-27"), "six months, and no longer"
    assert (await register(town, 4)).rule_id == "older_residents"
    for n, more, why in (
        (1, {}, "nobody_else"), (3, {}, "nobody_else"), (2, {"documents": ()}, "retirees_at_a_centre"),
        (4, {"registrar": "holder", "documents": ("pledge",)}, "nobody_else"),
        (3, REFERRAL | {"registrar": "holder"}, "referrals_by_oneself"),
        (3, REFERRAL | {"documents": ("pledge",)}, "referrals_by_the_hospital"),
    ):  # fmt: skip
        with pytest.raises(RegistrationRefused) as refused:
            await register(town, n, "2", **more)
        assert refused.value.members["rule"] == why
    for more in ({"from_on": D("2021-01-01")}, {"until_on": D("2019-01-01")}, {"from_on": D("2018-01-01"), **REFERRAL}):  # fmt: skip
        with pytest.raises(RegistrationRefused):
            await register(town, 2, "3", **more)
    with pytest.raises(NotFound):
        await town.act(commands.register, PROGRAMME, HOME, Registering(
            person_id=9, number="1", kind="resettled", place=NANJING, registrar="centre", from_on=town.today))  # fmt: skip


async def test_one_of_a_kind_is_in_force_and_the_next_follows_its_end(town):
    first = await register(town, 2, **REFERRAL)
    assert (await register(town, 2, **REFERRAL)).registration_id == first.registration_id, "said again"
    for more in ({"place": "330100"}, {"number": "2"}):
        with pytest.raises(RegistrationInForce):
            await register(town, 2, **(REFERRAL | more))
    await register(town, 2, "3")  # The other kind.
    town.noon("2019-07-02")
    second = await register(town, 2, "4", **REFERRAL, from_on=D("2019-07-02"))
    held = await town.act(views.registrations, town.ids[2])
    assert [(one.registration_id, one.status) for one in held if one.kind == "referral"] == [
        (second.registration_id, "in_force"), (first.registration_id, "ended"),
    ]  # fmt: skip


async def test_two_registrars_at_once(town):
    found = await outcomes(*(register(town, 2, str(n)) for n in range(6)))
    assert sum(not isinstance(one, Exception) for one in found) == 1
    assert {type(one) for one in found if isinstance(one, Exception)} == {RegistrationInForce}


async def test_a_withdrawal_counts_from_its_day_on(town):
    one = await register(town, 2, place="320000")
    for place, holds in ((NANJING, True), ("320000", True), ("330100", False)):
        assert bool(await town.act(views.registered, town.ids[2], place, town.today)) is holds
    town.noon("2019-03-01")
    with pytest.raises(RegistrationRefused):
        await town.act(commands.withdraw, town.ids[2], one.registration_id, " ")
    with pytest.raises(NotFound):
        await town.act(commands.withdraw, town.ids[1], one.registration_id, "搬回本市")
    await town.act(commands.withdraw, town.ids[2], one.registration_id, "搬回本市")
    with pytest.raises(TransitionRefused):
        await town.act(commands.withdraw, town.ids[2], one.registration_id, "搬回本市")
    for day, holds in (("2019-01-01", False), ("2019-02-28", True), ("2019-03-01", False)):
        assert bool(await town.act(views.registered, town.ids[2], NANJING, D(day))) is holds


def test_places():
    assert province_of(NANJING, HOME) == 320_000
    for place in ("310115", "990000", "3201", "32010a", "３２０１００"):
        with pytest.raises(PlaceRefused):
            province_of(place, HOME)
    assert covers("320000", NANJING)
    assert covers(NANJING, "320106")
    assert not covers("320106", NANJING)
    assert not covers("320000", "330100")


@pytest.mark.parametrize("status", list(REGISTRATION_WORDS))
@pytest.mark.parametrize("action", ["withdraw", "end"])
def test_every_status_and_action(status, action):
    if (status, action) in REGISTRATION:
        assert after(status, action) == REGISTRATION[status, action]
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)
