"""All pairs of status and action; and the SQL that opens cards says the same as the screen of states."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from holders import enter, made, value
from psycopg.errors import CheckViolation

from shebaoka.cards import commands, states
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import TransitionRefused

SOCIAL, FINANCIAL = get_args(states.Social), get_args(states.Financial)
ACTIONS = get_args(states.Action)
LOSSES = get_args(states.Loss)
LOST = ("suspended", "lost_unopened")


@pytest.mark.parametrize(("status", "action"), list(product(SOCIAL, ACTIONS)))
def test_every_pair_of_the_social_security_function(status, action):
    allowed = {
        "unopened-open": "open", "open-suspend": "suspended", "suspended-lift": "open",
        "unopened-suspend": "lost_unopened", "lost_unopened-lift": "unopened", "lost_unopened-void": "void",
        "unopened-void": "void", "open-void": "void", "suspended-void": "void",
    }  # fmt: skip
    expected = allowed.get(f"{status}-{action}")
    if expected:
        assert states.after_social(status, action) == expected
    else:
        with pytest.raises(TransitionRefused):
            states.after_social(status, action)


@pytest.mark.parametrize(("status", "action"), list(product(FINANCIAL, ACTIONS)))
def test_every_pair_of_the_financial_function(status, action):
    expected = {
        "unopened-open": "open", "unopened-close": "closed", "open-close": "closed",
        "open-suspend": "suspended", "suspended-lift": "open", "suspended-close": "closed",
        "unopened-suspend": "lost_unopened", "lost_unopened-lift": "unopened", "lost_unopened-close": "closed",
    }.get(f"{status}-{action}")  # fmt: skip
    if expected:
        assert states.after_financial(status, action) == expected
    else:
        with pytest.raises(TransitionRefused):
            states.after_financial(status, action)


def test_nothing_leads_out_of_void():
    assert not [pair for pair in states.SOCIAL if pair[0] == "void"]
    assert states.voidable() == ["unopened", "lost_unopened", "open", "suspended"]


REVIVE = (
    "UPDATE card SET social = %(s)s, void_at = NULL, void_reason = NULL WHERE person_id = 1 RETURNING social"
)


@pytest.mark.parametrize("status", [status for status in SOCIAL if status != "void"])
async def test_not_even_sql_brings_a_void_card_back(database, status):
    await enter(database, [1])
    async with database.work(SYSTEM) as work:
        await commands.take_made_cards(work, [made(1)])
        await work.run("UPDATE card SET social = 'void', void_at = now()")
    with pytest.raises(CheckViolation, match="never returns"):
        await value(database, REVIVE, s=status)
    async with database.work(SYSTEM) as work:
        # What else there is to say about a dead card may still be said.
        assert await work.run("UPDATE card SET financial = 'closed' WHERE social = 'void'") == 1


@pytest.mark.parametrize(("social", "loss", "report"), list(product(SOCIAL, (None, *LOSSES), LOSSES)))
def test_every_loss_report_in_every_status(social, loss, report):
    """A report after a report changes no status; a first one suspends, where there is something to suspend."""
    expected = {"unopened": "lost_unopened", "open": "suspended"}.get(social) if loss is None else None
    if (loss, report) == ("temporary", "formal"):
        expected = social
    if expected:
        assert states.after_report(social, loss, report) == expected
    else:
        with pytest.raises(TransitionRefused):
            states.after_report(social, loss, report)


def test_what_is_lifted_was_reported():
    assert states.lifted() == {"suspended": "open", "lost_unopened": "unopened"}
    assert {to: was for was, to in states.lifted().items()} == {
        was: to for (was, action), to in states.SOCIAL.items() if action == "suspend"
    }


PAIRS = list(product(SOCIAL, FINANCIAL, (True, False), (True, False)))


def expected(social, financial, open_social, open_financial):
    try:
        return states.opened(social, financial, open_social=open_social, open_financial=open_financial)
    except TransitionRefused:
        return None


async def test_the_sql_opens_as_the_states_say(database):
    people = range(1, len(PAIRS) + 1)
    await enter(database, people)
    async with database.work(SYSTEM) as work:
        await commands.take_made_cards(work, [made(person) for person in people])
        for person, (social, financial, _, _) in zip(people, PAIRS, strict=True):
            await work.run(
                "UPDATE card SET social = %(s)s, financial = %(f)s, void_at = CASE WHEN %(s)s = 'void' THEN now() END,"
                " loss = CASE WHEN %(l)s THEN 'formal' END, lost_at = CASE WHEN %(l)s THEN now() END"
                " WHERE person_id = %(p)s",
                {"p": person, "s": social, "f": financial, "l": social in LOST},
            )
    seen = {}
    async with database.work(SYSTEM) as work:
        for person, pair in zip(people, PAIRS, strict=True):
            outcome, social, financial = await work.row(
                "SELECT outcome, social, financial FROM card_open(%(p)s, %(c)s, CASE WHEN %(s)s THEN %(d)s::date END, %(f)s,"
                " NULL, %(n)s, %(d)s)",
                {
                    "p": person,
                    "c": 10_000_000 + person,
                    "s": pair[2],
                    "f": pair[3],
                    "n": work.now,
                    "d": work.today,
                },
            )
            seen[pair] = (social, financial) if outcome == "opened" else None
            stored = await work.row(
                "SELECT social, financial FROM card WHERE person_id = %(p)s", {"p": person}
            )
            assert stored == (seen[pair] or pair[:2])
    assert seen == {pair: expected(*pair) for pair in PAIRS}
    assert 0 < sum(result is None for result in seen.values()) < len(PAIRS)
