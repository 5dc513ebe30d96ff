"""Values of the room of acting for others. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.model import Act, ActingAs, Authorisation, Document, Proxy

DOCUMENTS: Final = MappingProxyType(
    {
        "holder_id": ("持卡人身份证件", "the holder's ID document"),
        "child_id": ("孩子的身份证或户口簿", "the child's ID card or household booklet"),
        "guardian_id": ("监护人身份证件", "the guardian's ID document"),
        "guardianship_proof": ("监护关系证明", "proof of guardianship"),
        "guardianship_ruling": ("监护文书", "the ruling or agreement on guardianship"),
        "agent_id": ("代办人身份证件", "the agent's ID document"),
        "written_authorisation": ("书面委托书", "the written authorisation"),
        "notarised_mandate": ("公证委托书", "the notarised mandate"),
    }
)
"""What each document is called."""

AUTHORISATIONS: Final = MappingProxyType(
    {
        "written": ("书面委托书", "a written authorisation"),
        "notarised": ("公证委托书", "a notarised mandate"),
        "home_witness": ("两名工作人员上门见证", "two members of staff who witness it at the holder's home"),
    }
)
"""What each kind of authorisation is called."""

SHOWN_BY: Final[dict[Authorisation, Document]] = {
    "written": "written_authorisation",
    "notarised": "notarised_mandate",
}
"""The paper that shows an authorisation; what two people witnessed at home is shown by the two."""
WITNESSES_NEEDED: Final = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says who wants to act for a holder.

    `by` None: a guardian or an agent, as the rules have it for this holder. `documents` None: the clerk says that all were seen
    which the rules ask for. `witnesses`: the work numbers of the staff who witnessed the authorisation at the holder's home.
    """

    by: Proxy | None
    id_number: str
    name: str | None = None
    authorisation: Authorisation | None = None
    documents: tuple[Document, ...] | None = None
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be done, and in which kind of institution."""

    act: Act
    outlet_kind: str


@dataclass(frozen=True, slots=True)
class Parties:
    """The holder and whoever acts, as the register knows them; `tie`: the guardianship between them, empty for none."""

    holder: Person
    actor: Person | None
    tie: str = ""


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who may act: as what, by which rule, with which papers.

    `actor_id` None: an agent whom the register does not know. `named`: the documents were named one by one, and not said to
    be all there.
    """

    by: ActingAs
    rule_id: str
    documents: tuple[Document, ...]
    claim: Claim | None = None
    actor_id: int | None = None
    authorisation: Authorisation | None = None
    named: bool = False


class Papers(Struct, frozen=True):
    """What is sealed with an act: who acted, and who witnessed the authorisation."""

    id_number: str
    name: str | None
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProxyAct:
    """An act that somebody did for a holder: as what, with which papers, checked by whom, where and when."""

    person_id: int
    proxy_act_id: int
    act: Act
    subject: str
    acted_as: Proxy
    actor_id: int | None
    authorisation: Authorisation | None
    documents: Sequence[Document]
    documents_named: bool
    rule_id: str
    checked_by: str
    organisation_id: int
    acted_at: datetime


def place(proxy_act_id: int) -> str:
    """Name the place that an act's sealed part is bound to."""
    return f"proxy_act:{proxy_act_id}"
