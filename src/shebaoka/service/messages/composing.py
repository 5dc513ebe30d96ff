"""From messages of the queue to what goes to the gateway: mobile, name and wishes of the moment, opened and not kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Contact
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity, Person
from shebaoka.registry.programme.views import load
from shebaoka.service.messages import templates
from shebaoka.service.messages.model import Preference, Queued, Reason
from shebaoka.service.messages.salutation import salutation
from shebaoka.service.messages.templates import Named
from shebaoka.service.messages.views import names, preferences

Contacts = Mapping[int, tuple[int | None, Contact]]


@dataclass(frozen=True, slots=True, repr=False)
class Composed:
    """A message as it goes out. It is never written anywhere, not even to a log."""

    message: Queued
    mobile: str
    text: str

    @property
    def parts(self) -> int:
        """How many messages a telephone company counts."""
        return templates.parts(self.text)

    def item(self) -> dict[str, Any]:
        """Give what the gateway is sent."""
        return {"reference": self.message.reference, "mobile": self.mobile, "text": self.text}


async def compose(
    work: Work, due: Sequence[Queued]
) -> tuple[list[Composed], Mapping[Reason, Sequence[Queued]]]:
    """Give what can be sent, and why the rest is not: the person has died, declined reminders, has no mobile."""
    if not due:
        return [], {}
    held, going = await _sorted_out(work, due)
    identities = await people.identities(work, {one.person_id for one in going})
    contacts = await applications.newest_contacts(work, {one.about_id for one in going})
    persons = await people.by_ids(work, {one.person_id for one in going})
    wishes = await preferences(work, {one.person_id for one in going})
    named = await names(work, [one.parameters for one in going])
    composed = []
    for one in going:
        identity, wish = identities[one.person_id], wishes.get(one.person_id, Preference())
        mobile = _mobile(one, identity, contacts)
        if mobile:
            composed.append(Composed(one, mobile, _text(one, persons[one.person_id], identity, wish, named)))
        else:
            held[Reason.NO_MOBILE].append(one)
    work.record(0, "identity.sent", "sms", people=len(composed), purpose="message")
    return composed, held


async def _sorted_out(
    work: Work, due: Sequence[Queued]
) -> tuple[defaultdict[Reason, list[Queued]], list[Queued]]:
    programme = await load(work)
    persons = await people.by_ids(work, {person for one in due for person in (one.person_id, one.about_id)})
    wishes = await preferences(work, {one.person_id for one in due})
    held: defaultdict[Reason, list[Queued]] = defaultdict(list)
    going = []
    for one in due:
        declined = programme.message(one.kind, work.today).may_decline
        if any(persons[person].died_on is not None for person in (one.person_id, one.about_id)):
            held[Reason.DIED].append(one)
        elif declined and not wishes.get(one.person_id, Preference()).reminders:
            held[Reason.DECLINED].append(one)
        else:
            going.append(one)
    return held, going


def _mobile(message: Queued, identity: Identity, contacts: Contacts) -> str:
    """Give the mobile of the newest application, where the recipient made it, else the register's."""
    acted_by, contact = contacts.get(message.about_id, (None, None))
    for_a_ward = message.person_id != message.about_id
    if contact is not None and (not for_a_ward or acted_by == message.person_id) and contact.mobile.strip():
        return contact.mobile.strip()
    return identity.mobile.strip()


def _text(message: Queued, person: Person, identity: Identity, wish: Preference, named: Named) -> str:
    said = templates.text(
        message.kind, message.version, message.parameters, named, wish.language,
        ward=message.person_id != message.about_id,
    )  # fmt: skip
    return templates.sms(said, wish.language, salutation(identity.name, person.sex))
