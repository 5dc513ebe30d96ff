"""All pairs of status and action; and the SQL that opens cards says the same as the screen of states."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from holders import enter, made

from shebaoka.cards import commands, states
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import TransitionRefused

SOCIAL, FINANCIAL = get_args(states.Social), get_args(states.Financial)
ACTIONS = get_args(states.Action)


@pytest.mark.parametrize(("status", "action"), list(product(SOCIAL, ACTIONS)))
def test_every_pair_of_the_social_security_function(status, action):
    allowed = {
        "unopened-open": "open", "open-suspend": "suspended", "suspended-lift": "open",
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
    expected = {"unopened-open": "open", "unopened-close": "closed", "open-close": "closed"}.get(
        f"{status}-{action}"
    )
    if expected:
        assert states.after_financial(status, action) == expected
    else:
        with pytest.raises(TransitionRefused):
            states.after_financial(status, action)


def test_nothing_leads_out_of_void():
    assert not [pair for pair in states.SOCIAL if pair[0] == "void"]
    assert states.voidable() == ["unopened", "open", "suspended"]


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
                "UPDATE card SET social = %(s)s, financial = %(f)s, void_at = CASE WHEN %(s)s = 'void' THEN now() END"
                " WHERE person_id = %(p)s",
                {"p": person, "s": social, "f": financial},
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
