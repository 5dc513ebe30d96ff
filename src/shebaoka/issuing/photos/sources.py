"""Where to look for a person's photo: the programme says, by group and age. And whether one that is held still fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shebaoka.issuing.applications.model import Application, ReplacementReason
from shebaoka.issuing.photos.model import STORES, Photo, Source
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class Needs:
    """What the programme says about people's photos: the stores to ask, in their order (None: no photo), and their ages."""

    stores: Mapping[int, tuple[Source, ...] | None]
    ages: Mapping[int, int]


async def needs_of(work: Work, ids: Collection[int], programme: Programme) -> Needs:
    """Give the photo stores to ask for each person, in their order; None where no photo is needed.

    This function will think once about people whose facts come to the same.
    """
    persons: list[Person] = list((await people.by_ids(work, ids)).values())
    facts = await programmes.facts_of(work, persons, work.today)
    asked = [facts[person.person_id] for person in persons]
    explained = zip(persons, programme.explain_many(asked, work.today), strict=True)
    return Needs(
        {
            person.person_id: _stores(explanation.photo.sources) if explanation.photo.needed else None
            for person, explanation in explained
        },
        {person.person_id: age_on(person.birth_date, work.today) for person in persons},
    )


def _stores(sources: Collection[str]) -> tuple[Source, ...]:
    return tuple(Source(source) for source in sources if source in STORES)


def usable(photos: Sequence[Photo], application: Application) -> list[Photo]:
    """Give the photos that may stand on the card of an application, newest first, whatever their age.

    This function will leave out what was found wrong, and all that was there before a card was replaced for its photo.
    """
    anew = application.replacement_reason == ReplacementReason.PHOTO_WRONG
    return [
        photo
        for photo in photos
        if photo.there
        and photo.rejected_at is None
        and not (anew and photo.received_at <= application.applied_at)
    ]


def young_enough(dated_on: date, years: int, on: date) -> bool:
    """Tell whether a photo of a day may be used on another, by the years that the rules allow; none is from the future."""
    return dated_on <= on and age_on(dated_on, on) < years
