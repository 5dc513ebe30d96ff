"""Whom and where the courier brings a card: opened from the seals below and sealed again with the parcel."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import msgspec

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.delivery.model import Label, label_place
from shebaoka.kit.vault import Vault
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people


async def labels_of(work: Work, due: Sequence[Application]) -> list[Label]:
    """Give a label for each application. A ward cannot sign: the guardian receives the card (inferred)."""
    ties = await people.guardians(work, [one.person_id for one in due])
    recipients = [_recipient(one, ties.get(one.person_id, set())) for one in due]
    identities = await people.identities(work, set(recipients))
    contacts = await applications.contacts(work, [(one.person_id, one.application_id) for one in due])
    outlets = await institutions.by_ids(work, {one.fallback_outlet_id for one in due})
    return [
        Label(
            recipient=identities[recipient].name,
            mobile=contacts[one.application_id].mobile,
            address=contacts[one.application_id].address,
            fallback_outlet=outlets[one.fallback_outlet_id].name_zh,
        )
        for one, recipient in zip(due, recipients, strict=True)
    ]


def _recipient(application: Application, guardians: AbstractSet[int]) -> int:
    """Give the guardian who applied; an adult's agent has no tie, and the adult receives the card."""
    applied_by = application.guardian_id
    return applied_by if applied_by in guardians and applied_by is not None else application.person_id


def sealed(vault: Vault, parcel_id: int, label: Label) -> bytes:
    """Seal a label with its parcel."""
    return sealed_at(vault, label_place(parcel_id), label)


def unsealed(vault: Vault, parcel_id: int, label: bytes) -> Label:
    """Open a parcel's label."""
    return unsealed_at(vault, label_place(parcel_id), label)


def sealed_at(vault: Vault, place: str, label: Label) -> bytes:
    """Seal a label with the place that it is kept in."""
    return vault.seal(msgspec.json.encode(label), place)


def unsealed_at(vault: Vault, place: str, label: bytes) -> Label:
    """Open a label that is kept in a place."""
    return msgspec.json.decode(vault.open(label, place), type=Label)
