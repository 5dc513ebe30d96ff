"""What is stated about somebody's insurance and working life."""

from __future__ import annotations

from shebaoka.benefits.insurance.insured import Life, Spell
from shebaoka.benefits.insurance.store import SQL
from shebaoka.kit.work import Work


async def note_spell(work: Work, person_id: int, spell: Spell) -> None:
    """Note that somebody is insured so from a day on; a spell that begins on the same day is replaced."""
    await work.run(SQL["put_spells"], {
        "people": [person_id], "begins_ons": [spell.begins_on], "schemes": [spell.scheme], "statuses": [spell.status],
        "now": work.now,
    })  # fmt: skip
    work.record(
        person_id,
        "insurance.spell_noted",
        person_id,
        begins_on=spell.begins_on,
        scheme=spell.scheme,
        status=spell.status,
    )


async def note_life(work: Work, person_id: int, life: Life) -> None:
    """Note what else the rates go by; what was noted before is replaced as a whole."""
    await work.run(SQL["put_life"], {
        "person_id": person_id, "worked_since": life.worked_since, "retired_on": life.retired_on,
        "severely_disabled": life.severely_disabled, "now": work.now,
    })  # fmt: skip
    work.record(person_id, "insurance.life_noted", person_id)
