"""The figures equal what one finds by looking at people one by one."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.issuing.town import furnish, person

from shebaoka.issuing.applications.states import BEING_MADE, ENDED, Status
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.views import load
from shebaoka.service.dashboard import commands, views
from shebaoka.service.dashboard.errors import NotCountedYet
from shebaoka.service.dashboard.model import Population, paces, totals

PEOPLE = 60
CHANNELS = ("bank_outlet", "community_centre", "online", "employer")
DAY_ONE = datetime(2019, 1, 2, 15, tzinfo=UTC)
"""23:00 in Shanghai: two hours later it is another day there, and not yet in UTC."""


class Lives:
    """People with applications, cards and parcels as fate has it, and the same as plain tuples to count by hand."""

    def __init__(self, town, seed):
        self.town = town
        self.fate = random.Random(seed)
        self.happened = Counter()
        self.backlog = Counter()

    async def settle(self):
        rows = [person(n, district_code=self.fate.choice(["310101", None])) for n in range(PEOPLE)]
        ids = await self.town.settle(*rows)
        self.people = [(ids[row.id_number], row.district_code or "") for row in rows]
        async with self.town.database.work(SYSTEM) as work:
            for number, (person_id, district) in enumerate(self.people):
                await self._live(work, number, person_id, district)

    def moment(self):
        return DAY_ONE + timedelta(hours=2 * self.fate.randrange(60))

    def happen(self, measure, at, district, bank=None, channel=None, group=None):
        day = (
            at if isinstance(at, date) and not isinstance(at, datetime) else (at + timedelta(hours=8)).date()
        )
        self.happened["city", "", measure, day] += 1
        for dimension, value in (
            ("district", district),
            ("bank", bank),
            ("channel", channel),
            ("group", group),
        ):
            if value is not None:
                self.happened[dimension, value, measure, day] += 1

    async def _live(self, work, number, person_id, district):
        if self.fate.random() < 0.7:
            await self._old(work, number, person_id, district)
        if self.fate.random() < 0.8:
            await self._apply(work, number, person_id, district)

    async def _old(self, work, number, person_id, district):
        issued, void = date(2010, 5, 1 + number % 20), self.moment() if self.fate.random() < 0.4 else None
        await work.run(
            "INSERT INTO card (person_id, card_id, card_number, generation, social, financial, issued_on, void_at, void_reason)"
            " VALUES (%(p)s, %(c)s, %(n)s, 'old', %(s)s, 'none', %(i)s, %(v)s, 'replaced')",
            {"p": person_id, "c": 1_000 + number, "n": f"OLD{number}", "s": "void" if void else "open", "i": issued, "v": void},
        )  # fmt: skip
        self.happen("old_issued", issued, district)
        if void:
            self.happen("old_void", void, district)

    async def _apply(self, work, number, person_id, district):
        bank = self.fate.choice(["ICBC", "BOSC"])
        channel, group = self.fate.choice(CHANNELS), self.fate.choice(["retirees", "employees"])
        by = (district, bank, channel, group)
        status = self.fate.choice([one for one in Status if one != Status.COMPLETED])
        at = self.moment()
        due = at.date() + timedelta(days=self.fate.choice([1, 30])) if status != Status.SUBMITTED else None
        made = status not in BEING_MADE | ENDED
        bank_id = self.town.places[bank].institution_id
        await work.run(
            "INSERT INTO application (person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id,"
            " bank_reason, fallback_outlet_id, sealed, applied_at, due_on, card_id, updated_at) VALUES (%(p)s, %(a)s, 'exchange',"
            " %(ch)s, %(g)s, %(s)s, 1, %(b)s, 'chosen', 1, '', %(at)s, %(due)s, %(c)s, %(at)s)",
            {"p": person_id, "a": number, "ch": channel, "g": group, "s": status, "b": bank_id, "at": at, "due": due,
             "c": 2_000 + number if made else None},
        )  # fmt: skip
        self.happen("applied", at, *by)
        if status in BEING_MADE:
            today = date(2019, 1, 8)
            age = max((today - (at + timedelta(hours=8)).date()).days, 0)
            self.backlog[status, age, due is not None and due < today] += 1
        if made:
            await self._card(work, number, person_id, bank_id, by)
            await self._parcel(work, number, person_id, by)

    async def _card(self, work, number, person_id, bank_id, by):
        fate = self.fate.choice(["unopened", "open", "void", "void after"])
        opened = self.moment() if fate in ("open", "void after") else None
        void = self.moment() if fate.startswith("void") else None
        social = "void" if void else fate
        has_old_open = await work.value(
            "SELECT count(*) FROM card WHERE person_id = %(p)s AND social = 'open'", {"p": person_id}
        )
        if social == "open" and has_old_open:
            social, opened = "unopened", None
        made = self.moment()
        await work.run(
            "INSERT INTO card (person_id, card_id, card_number, generation, social, financial, bank_id, issued_on,"
            " social_opened_at, void_at, void_reason) VALUES (%(p)s, %(c)s, %(n)s, 'new', %(s)s, 'unopened', %(b)s,"
            " '2019-01-01', %(o)s, %(v)s, 'lost')",
            {"p": person_id, "c": 2_000 + number, "n": f"NEW{number}", "s": social, "b": bank_id, "o": opened, "v": void},
        )  # fmt: skip
        await work.run(
            "INSERT INTO production_order (person_id, order_id, application_id, batch_id, attempt, status, card_number, bank_id,"
            " issued_on, updated_at) VALUES (%(p)s, %(a)s, %(a)s, 1, 1, 'made', %(n)s, %(b)s, '2019-01-01', %(at)s)",
            {"p": person_id, "a": number, "n": f"NEW{number}", "b": bank_id, "at": made},
        )  # fmt: skip
        self.happen("made", made, *by)
        if opened:
            self.happen("opened", opened, *by)
        elif void:
            self.happen("ended_unopened", void, *by)

    async def _parcel(self, work, number, person_id, by):
        received = self.moment() if self.fate.random() < 0.6 else None
        if received and number % 4 == 0:
            # Made on the spot: it went from hand to hand, without a parcel.
            await work.run(
                "INSERT INTO instant_issue (person_id, application_id, outlet_id, status, card_id, begun_by, begun_at,"
                " updated_at, handed_over_at) VALUES (%(p)s, %(a)s, 1, 'handed_over', %(c)s, 'x', now(), now(), %(r)s)",
                {"p": person_id, "a": number, "c": 2_000 + number, "r": received},
            )
            self.happen("delivered", received, *by)
            return
        await work.run(
            "INSERT INTO parcel (person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id, label,"
            " received_at, updated_at) VALUES (%(p)s, %(a)s, %(a)s, %(w)s, %(s)s, 1, 1, '', %(r)s, now())",
            {"p": person_id, "a": number, "w": f"W{number}", "s": "delivered" if received else "dispatched", "r": received},
        )  # fmt: skip
        if received:
            self.happen("delivered", received, *by)


@pytest.fixture
async def town(database, clerk, tmp_path):
    return await furnish(database, clerk, tmp_path)


@pytest.fixture(params=range(3))
async def lives(town, clock, request):
    clock.at = datetime(2019, 1, 8, 4, tzinfo=UTC)
    lives = Lives(town, request.param)
    await lives.settle()
    return lives


async def test_every_day_by_every_dimension_equals_a_count_by_hand(lives):
    async with lives.town.database.work(SYSTEM) as work:
        await commands.count(work)
        found = Counter()
        for dimension in ("city", "district", "bank", "channel", "group"):
            for one in await views.days(work, dimension, None, date(2000, 1, 1), date(2030, 1, 1)):
                found[dimension, one.value, one.measure, one.day] = one.number
    assert found == lives.happened


async def test_the_backlog_equals_a_count_by_hand(lives):
    async with lives.town.database.work(SYSTEM) as work:
        await commands.count(work)
        lines = await views.backlog(work, "city")
    assert {(one.status, one.age_days, one.overdue): one.number for one in lines} == lives.backlog


async def test_counting_twice_says_the_same(lives):
    async with lives.town.database.work(SYSTEM) as work:
        await commands.count(work)
        once = [
            await views.days(work, "bank", None, date(2000, 1, 1), date(2030, 1, 1)),
            await views.pace(work),
        ]
        await commands.count(work)
        assert [
            await views.days(work, "bank", None, date(2000, 1, 1), date(2030, 1, 1)),
            await views.pace(work),
        ] == once


async def test_sums_up_to_a_day_agree_with_the_cards_of_that_day(lives):
    async with lives.town.database.work(SYSTEM) as work:
        await commands.count(work)
        (city,) = await views.standing_on(work, await load(work), "city", date(2019, 1, 8))
        unopened, good = await work.row(
            "SELECT count(*) FILTER (WHERE generation = 'new' AND social = 'unopened'),"
            " count(*) FILTER (WHERE generation = 'old' AND social = 'open') FROM card"
        )
    assert (city.unopened, city.old_good) == (unopened, good)


async def test_the_population_is_who_the_rules_say(lives):
    async with lives.town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE person SET died_on = '2019-01-08' WHERE person_id = %(p)s", {"p": lives.people[0][0]}
        )
        await work.run("UPDATE person SET hukou = false, insured = 'none', insured_status = 'none' WHERE person_id = %(p)s",
                       {"p": lives.people[1][0]})  # fmt: skip
        await commands.count(work)
        found = await views.population(work)
        on_old = await work.value(
            "SELECT count(*) FROM card WHERE social = 'open' AND generation = 'old' AND person_id <> ALL (%(gone)s)",
            {"gone": [one for one, _ in lives.people[:2]]},
        )
    assert sum(one.people for one in found) == PEOPLE - 2
    assert sum(one.on_old for one in found) == on_old
    assert {one.complete_by for one in found} == {date(2020, 12, 31)}
    assert {one.district_code for one in found} == {"310101", ""}


async def test_the_step_counts_once_an_hour_and_on_a_new_day(town, clock):
    moments = [
        datetime(2019, 1, 8, 1, tzinfo=UTC) + timedelta(minutes=minutes) for minutes in (0, 59, 60, 119)
    ]
    counted = []
    for at in [*moments, datetime(2019, 1, 8, 15, 59, tzinfo=UTC), datetime(2019, 1, 8, 16, 0, tzinfo=UTC)]:
        clock.at = at
        counted.append(await commands.count_due(town.database))
    assert counted == [True, False, True, False, True, True]


async def test_figures_never_counted_are_refused_and_not_zero(town):
    async with town.database.work(SYSTEM) as work:
        with pytest.raises(NotCountedYet):
            await views.pace(work)


def test_once_all_old_cards_have_ended_none_is_good():
    sums = {"": {"old_issued": 5, "old_void": 2}}
    assert totals("city", sums, old_ended=False)[0].old_good == 3
    assert totals("city", sums, old_ended=True)[0].old_good == 0
    assert totals("bank", sums, old_ended=False)[0].old_good is None


def test_the_pace_needed_the_pace_there_is_and_the_day_it_leads_to():
    target, today = date(2020, 12, 31), date(2020, 12, 21)
    people = [
        Population("310101", "retirees", target, 1_000, 800, 500, 300, 100),
        Population("", "all", None, 9, 0, 0, 0, 0),
    ]
    (pace,) = paces(people, {"made": 280, "opened": 56}, 28, today)
    assert (pace.to_make, pace.to_open, pace.days_left) == (200, 500, 10)
    assert (pace.made_a_day_needed, pace.opened_a_day_needed) == (20.0, 50.0)
    assert (pace.made_a_day, pace.opened_a_day) == (10.0, 2.0)
    assert (pace.made_ready_on, pace.opened_ready_on) == (date(2021, 1, 10), date(2021, 8, 28))


def test_without_any_pace_there_is_no_day_and_after_the_target_all_is_needed_at_once():
    people = [Population("", "all", date(2020, 12, 31), 10, 10, 0, 0, 0)]
    (pace,) = paces(people, {}, 28, date(2021, 2, 1))
    assert (pace.days_left, pace.opened_a_day_needed, pace.opened_ready_on) == (0, 10.0, None)
    assert pace.made_ready_on == date(2021, 2, 1)
