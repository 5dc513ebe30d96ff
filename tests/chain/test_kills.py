"""The chain is killed before and after its commits, hundreds of times: in the end the city is as if nobody had died."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.chain import ends

PEOPLE, SEED, GATHERED = 100, 5, 99
DEATHS_AT_LEAST = 100


def lived(town, stride):
    """Let the town live to its end, dying at every so many-th commit (0: never); give how often it died."""
    command = [sys.executable, "-m", "tests.chain.mortal", str(town.plan(stride))]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stderr
    return int(ran.stdout)


@pytest.fixture(scope="module")
def undisturbed(found_town):
    town = found_town(PEOPLE, SEED, GATHERED)
    assert lived(town, 0) == 0
    return town


@pytest.fixture(scope="module")
def killed(found_town, undisturbed):
    town = found_town(PEOPLE, SEED, GATHERED)
    assert lived(town, 1) > DEATHS_AT_LEAST
    return town


def test_it_ends_as_if_nobody_had_died(undisturbed, killed):
    before, after = ends.everybody(undisturbed.url), ends.everybody(killed.url)
    assert ends.differences(before, after) == []
    assert ends.things(undisturbed.url) == ends.things(killed.url)
    assert ends.stray(killed.url) == (0,) * 6


def test_the_partners_did_nothing_twice(undisturbed, killed):
    before, after = undisturbed.stats(), killed.stats()
    for partner in sorted({*before, *after} - {"bureau", "courier:events"}):
        assert after[partner]["answers"] == before[partner]["answers"], partner
        assert after[partner]["people"] == before[partner]["people"], partner
    assert after["bureau"]["people"] == before["bureau"]["people"]
