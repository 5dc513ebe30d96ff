"""Where to look for a person's photo: the programme says, by group and age."""

from __future__ import annotations

from collections.abc import Collection

from shebaoka.issuing.photos.model import Source
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.programme import Programme

STORES = frozenset({Source.ID_CARD, Source.STUDENT_CARD})


async def sources_of(
    work: Work, ids: Collection[int], programme: Programme
) -> dict[int, tuple[Source, ...] | None]:
    """Give the photo stores to ask for each person, in their order; None where no photo is needed.

    This function will think once about people whose facts come to the same.
    """
    persons = list((await people.by_ids(work, ids)).values())
    facts = await programmes.facts_of(work, persons, work.today)
    asked = [facts[person.person_id] for person in persons]
    return {
        person.person_id: _stores(explanation.photo.sources) if explanation.photo.needed else None
        for person, explanation in zip(persons, programme.explain_many(asked, work.today), strict=True)
    }


def _stores(sources: Collection[str]) -> tuple[Source, ...]:
    return tuple(Source(source) for source in sources if source in STORES)
