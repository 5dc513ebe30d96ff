"""What is decided without a database: who is visited, in which order, and what a refusal means for a captured item."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.cards.errors import CardChangedMeanwhile, HolderDeceased, OtherBanksCard
from shebaoka.issuing.applications.errors import ApplicationExists, NotEligible, PersonDeceased
from shebaoka.issuing.outreach import routing, states
from shebaoka.issuing.outreach.clashing import WORDS, clash, misplaced, not_now, to_be_held
from shebaoka.issuing.outreach.errors import CaptureFailed, VisitPlannedAnew
from shebaoka.issuing.outreach.model import Contact, Item, Stop, Visit
from shebaoka.issuing.outreach.states import Device
from shebaoka.kit.problems import TransitionRefused
from shebaoka.registry.programme import files
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import SETS, DecidesCapture
from shebaoka.registry.staff.model import StaffMember

PROGRAMME = Programme(rule for rule, _ in files.read(files.PACKAGED))
ON = date(2019, 5, 6)
NOW = datetime(2019, 5, 6, 4, tzinfo=UTC)
TERMS = DecidesCapture(days=7, minutes_ahead=5)
PERSONALLY = False
CLERK = StaffMember(11, 31, "li", "李", "bank_clerk", active=True)


@pytest.mark.parametrize(
    ("age", "mobility", "ground", "rule"),
    [
        (80, "none", "very_old", "very_old"),
        (79, "none", "none", "others"),
        (79, "stated", "none", "mobility_without_a_document"),
        (79, "documented", "mobility", "mobility_documented"),
        (95, "documented", "very_old", "very_old"),
        (20, "documented", "mobility", "mobility_documented"),
        (0, "none", "none", "others"),
    ],
)
def test_who_is_visited_is_a_dated_rule_that_says_why(age, mobility, ground, rule):
    decided, why = PROGRAMME.visit(age, mobility, ON)
    assert (decided.ground, decided.eligible, why.rule_id) == (ground, ground != "none", rule)
    assert decided.eligible or (decided.remedy_zh and decided.remedy_en), (
        "who is not visited is told what else there is"
    )


def test_a_ground_and_a_refusal_exclude_each_other():
    for bad in ({"eligible": True}, {"eligible": False, "ground": "very_old"}):
        with pytest.raises(ValueError, match="ground"):
            SETS["visit"](**bad)


def test_two_go_where_an_authorisation_is_witnessed():
    assert PROGRAMME.visit_terms(ON, represented=True).staff == 2
    assert PROGRAMME.visit_terms(ON, represented=False).staff == 1


@pytest.mark.parametrize(
    ("address", "place", "number"),
    [
        ("黄浦区虚构路12号3室", "黄浦区 · 虚构路", 12),
        ("上海市浦东新区想象镇某某路7弄", "浦东新区 · 想象镇", 7),
        ("静安区示例街道示例路100号", "静安区 · 示例街道", 100),
        ("虚构路5号", "虚构路", 5),
        ("某处", "", 0),
        ("", "", 0),
    ],
)
def test_an_address_is_read_by_district_street_and_number(address, place, number):
    found = routing.read(address)
    assert (found.place, found.number) == (place, number)


@given(st.text(max_size=60))
def test_any_address_is_read(address):
    assert routing.read(address).number >= 0


def stop(n: int, address: str, slot="morning", staff=(11,)) -> Stop:
    visit = Visit(
        n, n, states.Visit.PLANNED, "very_old", None, "very_old", "holder", PERSONALLY, ("apply",), 1, 1, 31, ON, slot, staff, 1,
        None, None, NOW, NOW, 1,
    )  # fmt: skip
    return Stop(visit, "某", Contact("", address), routing.read(address).place)


def test_a_route_goes_by_half_day_district_street_and_number():
    stops = [
        stop(1, "静安区甲路9号", "afternoon"), stop(2, "静安区甲路10号"), stop(3, "黄浦区乙路1号"),
        stop(4, "静安区甲路9号"), stop(5, "黄浦区甲路3号", staff=(12, 11)), stop(6, "黄浦区甲路2号", staff=(11, 12)),
    ]  # fmt: skip
    first, second = routing.routes(stops)
    assert (first.staff, [one.visit.visit_id for one in first.stops]) == ((11,), [4, 2, 3, 1])
    assert (second.staff, [one.visit.visit_id for one in second.stops]) == ((11, 12), [6, 5])
    assert routing.why(first.stops[0]) == ("上午，静安区 · 甲路", "morning, 静安区 · 甲路")
    assert routing.routes(list(reversed(stops))) == [first, second], (
        "the order does not hang on how they come"
    )


@pytest.mark.parametrize(
    ("problem", "kind", "reason"),
    [
        (ApplicationExists(), "application", "applied_elsewhere"),
        (PersonDeceased(), "application", "person_died"),
        (HolderDeceased(), "opening", "person_died"),
        (TransitionRefused("", current="open", action="open"), "opening", "card_opened_elsewhere"),
        (TransitionRefused("", current="void", action="open"), "opening", "card_replaced"),
        (TransitionRefused("", current="lost_unopened", action="open"), "opening", "card_lost"),
        (TransitionRefused("", current="none", action="open"), "opening", None),
        (TransitionRefused("expired"), "opening", None),
        (TransitionRefused("", current="done", action="finish"), "visit_outcome", "visit_settled"),
        (TransitionRefused("", current="open", action="lift"), "application", "card_changed_meanwhile"),
        (VisitPlannedAnew(attempt=2), "visit_outcome", "visit_planned_anew"),
        (NotEligible(), "application", None),
        (OtherBanksCard(), "opening", None),
    ],
)
def test_what_happened_meanwhile_is_a_conflict_and_the_rest_a_refusal(problem, kind, reason):
    assert clash(problem, kind) == reason
    assert not not_now(problem)
    assert reason is None or reason in WORDS


def test_what_is_down_or_busy_decides_nothing():
    assert not_now(CaptureFailed())
    assert not_now(CardChangedMeanwhile())


def item(**more) -> Item:
    return Item(**({"request_key": "k" * 8, "sequence": 1, "kind": "application", "captured_at": NOW, "staff_id": 11,
                    "content": {}} | more))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "device", "staff", "reason"),
    [
        ({}, Device.ACTIVE, CLERK, None),
        ({}, Device.BLOCKED, CLERK, "device_blocked"),
        ({"captured_at": NOW + timedelta(minutes=5)}, Device.ACTIVE, CLERK, None),
        ({"captured_at": NOW + timedelta(minutes=5, seconds=1)}, Device.ACTIVE, CLERK, "captured_in_future"),
        ({"captured_at": NOW - timedelta(days=7)}, Device.ACTIVE, CLERK, None),
        ({"captured_at": NOW - timedelta(days=7, seconds=1)}, Device.ACTIVE, CLERK, "captured_too_long_ago"),
        ({"captured_at": datetime.max.replace(tzinfo=UTC)}, Device.ACTIVE, CLERK, "captured_in_future"),
        ({}, Device.ACTIVE, None, "staff_unknown"),
        ({}, Device.ACTIVE, replace(CLERK, active=False), "staff_unknown"),
        ({}, Device.ACTIVE, replace(CLERK, institution_id=99), "staff_unknown"),
        ({}, Device.ACTIVE, replace(CLERK, institution_id=21), None),
    ],
)
def test_what_is_shown_to_a_person_first(change, device, staff, reason):
    assert to_be_held(item(**change), device, TERMS, NOW, staff, (31, 21)) == reason
    assert item(**change).day


def test_a_place_must_be_right():
    visit = stop(1, "").visit
    assert misplaced(item(), None, None, 1, 31) is None
    assert misplaced(item(site_id=5), None, None, 1, 31) == "site_unknown"
    assert misplaced(item(visit_id=1), None, visit, 1, 31) is None
    assert misplaced(item(visit_id=1), None, visit, 2, 31) == "visit_unknown"
    assert misplaced(item(visit_id=1), None, None, 1, 31) == "visit_unknown"
    assert misplaced(item(kind="visit_outcome", visit_id=1), None, visit, None, 31) is None
    assert misplaced(item(kind="visit_outcome"), None, None, None, 31) == "visit_unknown"
