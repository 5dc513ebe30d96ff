"""Whether an application is accepted online today, and where to go when it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from shebaoka.issuing.drafts.model import Window
from shebaoka.issuing.lists.model import Notice
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import NoticeState
from shebaoka.registry.programme.programme import Programme

PUPILS: Final = "pupils"
"""The group whose applications wait for the school's notice."""
STREET: Final = re.compile(r".+?(?:街道|镇|乡)")


def window(programme: Programme, group: str, notices: Sequence[Notice], on: date) -> Window:
    """Give whether an application of this group is accepted online on a day. `notices`: newest first.

    This function will ask the rules for pupils only; everybody else may apply online at any time.
    """
    if group != PUPILS:
        return Window(accepted=True, notice="none")
    newest = notices[0] if notices else None
    notice: NoticeState = "none" if newest is None else "open" if newest.apply_by >= on else "missed"
    accepted, why = programme.pupil_online(notice, on)
    return Window(
        accepted, notice, newest.notified_on if newest else None, newest.apply_by if newest else None, why
    )


async def nearest_centre(work: Work, district_code: str | None, address: str) -> Institution | None:
    """Give the community centre nearest to somebody: of the street that the address names, else one of the district.

    This function will give None where the district is not known or has no centre that is live: any centre of the city serves.
    """
    if district_code is None:
        return None
    centres = [
        one
        for one in await institutions.of_kind(work, "community_centre")
        if one.district_code == district_code and live(one, work.today)
    ]
    named = [one for one in centres if (street := STREET.match(one.name_zh)) and street[0] in address]
    return max(named, key=lambda one: len(one.name_zh)) if named else next(iter(centres), None)
