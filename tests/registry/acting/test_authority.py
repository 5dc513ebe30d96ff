"""Ages × who acts × where × papers: the table of the rules, and what holds of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.kit.problems import Problem
from shebaoka.records.id_number import with_check_character
from shebaoka.registry.acting.judging import is_guardian, judge
from shebaoka.registry.acting.model import AUTHORISATIONS, DOCUMENTS, Acting, Claim, Parties, Place
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme import files
from shebaoka.registry.programme.model import Act, Authorisation, Document, Proxy
from shebaoka.registry.programme.programme import Programme

PROGRAMME = Programme(rule for rule, _ in files.read(files.PACKAGED))
ON = date(2019, 5, 6)
HUKOU = True
OPENING = Place("open", "community_centre")
KINDS = ("community_centre", "bank", "bank_outlet", "card_centre", "online_platform", "hotline", "kiosk")
REMOTE = ("online_platform", "hotline", "kiosk")
CHILD_PAPERS = ("child_id", "guardian_id", "guardianship_proof")


def someone(person_id: int, age: int, *, died_on: date | None = None) -> Person:
    return Person(
        person_id, b"", b"", ON.replace(year=ON.year - age), "male", HUKOU, None, "resident", "none", None, None, None, None,
        None, died_on, datetime(2019, 1, 1, tzinfo=UTC), 1,
    )  # fmt: skip


def number(age: int) -> str:
    return with_check_character(f"100101{ON.year - age}0506001")


def says(by: Proxy, age: int = 40, **more: Any) -> Claim:
    return Claim(by, number(age), **more)


def tried(
    kind: str,
    age: int,
    claim: Claim | None,
    *,
    tie: str = "",
    actor: Person | None = None,
    act: Act = "apply",
):
    parties = Parties(someone(1, age), actor or (someone(2, 40) if claim else None), tie)
    return judge(PROGRAMME, Place(act, kind), parties, claim, ON)


def outcome_of(judged: Callable[[], Acting]) -> str:
    """Give as what somebody may act, or the refusal, which always names its rule and says why."""
    try:
        return judged().by
    except Problem as refused:
        return refused.slug if refused.members["rule"] and refused.detail else "silent"


MOTHER, WRITTEN, NOTARISED = (
    "母亲",
    says("agent", authorisation="written"),
    says("agent", authorisation="notarised"),
)
WITNESSED = says("agent", authorisation="home_witness", witnesses=("0017", "0022"))
TABLE: list[tuple[str, int, Claim | None, str, str]] = [
    ("community_centre", 15, None, "", "guardian-needed"),
    ("community_centre", 16, None, "", "holder"),
    ("community_centre", 15, says("guardian"), MOTHER, "guardian"),
    ("bank_outlet", 0, says("guardian"), MOTHER, "guardian"),
    ("bank_outlet", 15, says("guardian"), "", "guardian-not-tied"),
    ("bank_outlet", 15, WRITTEN, "", "guardian-needed"),
    ("bank_outlet", 15, NOTARISED, MOTHER, "guardian-needed"),
    ("community_centre", 16, says("guardian"), MOTHER, "guardian-not-tied"),
    ("community_centre", 16, says("guardian"), "", "guardian-not-tied"),
    ("community_centre", 60, says("guardian"), "成年监护", "guardian"),
    ("bank_outlet", 16, says("guardian"), "意定监护", "guardian"),
    ("online_platform", 60, says("guardian"), "指定监护", "guardian"),
    ("community_centre", 16, says("agent"), "", "authorisation-missing"),
    ("community_centre", 16, WRITTEN, "", "agent"),
    ("community_centre", 16, NOTARISED, "", "agent"),
    ("community_centre", 16, WITNESSED, "", "authorisation-missing"),
    ("bank_outlet", 16, WRITTEN, "", "authorisation-missing"),
    ("bank_outlet", 16, NOTARISED, "", "agent"),
    ("bank", 16, WITNESSED, "", "agent"),
    ("bank_outlet", 16, replace(WITNESSED, witnesses=("0017",)), "", "authorisation-missing"),
    ("bank_outlet", 16, replace(WITNESSED, witnesses=("0017", "0017")), "", "authorisation-missing"),
    ("online_platform", 16, WRITTEN, "", "agent-not-here"),
    ("online_platform", 17, says("guardian"), MOTHER, "guardian"),
    ("online_platform", 17, says("guardian"), "", "guardian-not-tied"),
    ("online_platform", 18, says("guardian"), MOTHER, "guardian-not-tied"),
    ("hotline", 17, says("guardian"), MOTHER, "guardian-not-tied"),
    ("hotline", 70, NOTARISED, "", "agent-not-here"),
    ("kiosk", 15, says("guardian"), MOTHER, "guardian"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "age", "claim", "tie", "outcome"), TABLE)
def test_ages_and_who_acts_and_where(kind, age, claim, tie, outcome):
    assert outcome_of(lambda: tried(kind, age, claim, tie=tie)) == outcome


@pytest.mark.parametrize(
    ("kind", "age", "claim", "tie", "papers"),
    [
        ("community_centre", 10, says("guardian"), MOTHER, CHILD_PAPERS),
        ("bank_outlet", 10, says("guardian"), MOTHER, CHILD_PAPERS),
        ("online_platform", 10, says("guardian"), MOTHER, ()),
        (
            "community_centre",
            30,
            says("guardian"),
            "成年监护",
            ("holder_id", "guardian_id", "guardianship_ruling"),
        ),
        ("community_centre", 30, WRITTEN, "", ("holder_id", "agent_id", "written_authorisation")),
        ("bank_outlet", 30, NOTARISED, "", ("holder_id", "agent_id", "notarised_mandate")),
        ("bank_outlet", 30, WITNESSED, "", ("holder_id", "agent_id")),
    ],
)
def test_each_document_is_needed(kind, age, claim, tie, papers):
    whole = tried(kind, age, claim, tie=tie)
    assert (whole.documents, whole.named) == (papers, False)
    named = tried(kind, age, replace(claim, documents=papers), tie=tie)
    assert (sorted(named.documents), named.named) == (sorted(papers), True)
    for left_out in papers:
        seen = tuple(one for one in papers if one != left_out)
        with pytest.raises(Problem) as refused:
            tried(kind, age, replace(claim, documents=seen), tie=tie)
        assert (refused.value.slug, refused.value.members["missing"]) == ("documents-missing", [left_out])


def test_the_dead_and_minors_are_no_agents_and_no_guardians():
    dead = someone(2, 40, died_on=date(2019, 1, 1))
    for claim, tie, slug in ((WRITTEN, "", "agent-unfit"), (says("guardian"), MOTHER, "guardian-not-tied")):
        with pytest.raises(Problem) as refused:
            tried("community_centre", 10 if tie else 30, claim, tie=tie, actor=dead)
        assert refused.value.slug == slug
    for age, outcome in ((17, "agent-unfit"), (18, "agent")):
        # An agent whom the register does not know is as old as the ID number says.
        claim = replace(WRITTEN, id_number=number(age))
        parties = Parties(someone(1, 30), None)
        assert outcome_of(lambda c=claim, p=parties: judge(PROGRAMME, OPENING, p, c, ON)) == outcome


def test_the_old_way_says_guardian_or_agent_by_the_rules():
    child = tried("community_centre", 10, Claim(None, number(40)), tie=MOTHER)
    assert child.by == "guardian"
    for age, tie, slug in (
        (10, "", "guardian-not-tied"),
        (20, "", "authorisation-missing"),
        (20, MOTHER, "authorisation-missing"),
    ):
        with pytest.raises(Problem) as refused:
            tried("community_centre", age, Claim(None, number(40)), tie=tie)
        assert refused.value.slug == slug
    assert tried("community_centre", 20, Claim(None, number(40)), tie="成年监护").by == "guardian"


CLAIMS = st.none() | st.builds(
    Claim,
    by=st.sampled_from([None, "guardian", "agent"]),
    id_number=st.integers(1, 90).map(number),
    authorisation=st.none() | st.sampled_from(get_args(Authorisation)),
    documents=st.none() | st.lists(st.sampled_from(get_args(Document))).map(tuple),
    witnesses=st.lists(st.sampled_from(["1", "2", "3"])).map(tuple),
)


@given(
    kind=st.sampled_from(KINDS),
    act=st.sampled_from(get_args(Act)),
    age=st.integers(0, 100),
    claim=CLAIMS,
    tie=st.sampled_from(["", "母亲", "父亲", "guardian", "成年监护"]),
    known=st.booleans(),
    dead=st.booleans(),
)
def test_nobody_but_a_living_tied_guardian_gets_through_for_a_child(kind, act, age, claim, tie, known, dead):
    actor = someone(2, 40, died_on=date(2019, 1, 1) if dead else None) if known else None
    try:
        acting = judge(
            PROGRAMME, Place(act, kind), Parties(someone(1, age), actor, tie if known else ""), claim, ON
        )
    except Problem:
        return
    if age < 16:
        assert acting.by == "guardian"
        assert known
        assert tie
        assert not dead
    if acting.by == "agent":
        assert acting.authorisation is not None
        assert not (known and dead)
    if claim is not None and claim.documents is not None and kind not in REMOTE:
        assert set(acting.documents) <= set(claim.documents)


@pytest.mark.parametrize("age", [0, 15, 17, 18, 40])
@pytest.mark.parametrize("tie", ["", "母亲", "成年监护"])
def test_a_guardian_reads_of_those_for_whom_it_acts(age, tie):
    parties = Parties(someone(1, age), someone(2, 40), tie)
    may = is_guardian(PROGRAMME, Place("read", "online_platform"), parties, ON)
    assert may == (bool(tie) if age < 18 else tie == "成年监护")


@pytest.mark.parametrize("act", ["open", "collect", "other"])
def test_for_an_older_pupil_a_parent_only_applies(act):
    assert (
        outcome_of(lambda: tried("online_platform", 16, says("guardian"), tie=MOTHER, act=act))
        == "guardian-not-tied"
    )


def test_every_paper_has_its_names():
    assert set(DOCUMENTS) == set(get_args(Document))
    assert set(AUTHORISATIONS) == set(get_args(Authorisation))
