"""Looks at people are found in the code, so that none is forgotten where a person is told of them."""

from __future__ import annotations

import re
from pathlib import Path

from shebaoka.faces.api.fact_words import AREAS, FACTS, words

SOURCE = Path(__file__).parents[2] / "src" / "shebaoka"
RECORDED = re.compile(
    r"""(?:record|record_many|note)\(\s*(?:[^()"]|\([^()]*\))*?f?"([a-z_.]+)"|'(card\.looked_at)'"""
)
LOOKING = re.compile(r"seen|looked|revealed|listed|asked_about|explained|case_found|identified$|answered$")
OF_NO_PERSON = {"audit.verdict_read", "list.rows_seen", "list.answered"}
NOTED_BY_CASES = {"medical_seen", "timeline_seen", "answered", "identified"}
"""Facts of cases: `keeping.note` puts `help.` before them."""


def actions_of_looks() -> set[str]:
    """Give the actions of all audit facts that say that somebody looked at a person."""
    texts = [path.read_text("utf-8") for path in SOURCE.rglob("*") if path.suffix in {".py", ".sql"}]
    found = {one[0] or one[1] for text in texts for one in RECORDED.findall(text)}
    named = {f"help.{one}" if one in NOTED_BY_CASES else one for one in found if LOOKING.search(one)}
    return {one for one in named if "." in one} - OF_NO_PERSON


def test_looks_are_found():
    assert {
        "card.looked_at",
        "person.looked_up",
        "identity.revealed",
        "help.timeline_seen",
    } <= actions_of_looks()


def test_every_fact_is_told_in_plain_words():
    texts = [path.read_text("utf-8") for path in SOURCE.rglob("*.py")]
    areas = {found.partition(".")[0] for text in texts for found, _ in RECORDED.findall(text) if "." in found}
    assert "staff" in areas
    assert areas - set(AREAS) == set()
    assert not any(re.search(r"\byou", words(action)[1]) for action in [*FACTS, "person.looked_up"])
