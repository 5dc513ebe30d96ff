"""Who acts: every change and every look at a person names one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member, an institution's system, a resident or the system itself.

    `name` is kind and identifier (`staff:17`, `client:icbc-core`, `system:jobs`), never a person's name.
    `organisation_id` is the institution acted for (0: the programme itself). `role` decides what may be done.
    `person_id`: a resident's own person; nobody else has one.
    """

    name: str
    organisation_id: int
    role: str
    person_id: int | None = None


SYSTEM = Actor("system:shebaoka", 0, "system")
