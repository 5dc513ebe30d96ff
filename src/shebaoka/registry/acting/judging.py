"""Whether somebody may act for a holder: one pure function for counters, lists and the online platform."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final

from shebaoka.kit.problems import Problem
from shebaoka.records.id_number import birth_date
from shebaoka.registry.acting.errors import (
    AgentNotHere,
    AgentUnfit,
    AuthorisationMissing,
    DocumentsMissing,
    GuardianNeeded,
    GuardianNotTied,
)
from shebaoka.registry.acting.model import (
    AUTHORISATIONS,
    DOCUMENTS,
    SHOWN_BY,
    WITNESSES_NEEDED,
    Acting,
    Claim,
    Parties,
    Place,
)
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.model import (
    ActingAs,
    ActingQuestion,
    Authorisation,
    Authority,
    Document,
    Reason,
)
from shebaoka.registry.programme.programme import Programme

REFUSALS: Final[MappingProxyType[str, type[Problem]]] = MappingProxyType(
    {
        "guardian_needed": GuardianNeeded,
        "guardian_not_tied": GuardianNotTied,
        "agent_unfit": AgentUnfit,
        "agent_not_here": AgentNotHere,
    }
)


def judge(programme: Programme, place: Place, parties: Parties, claim: Claim | None, on: date) -> Acting:
    """Judge who wants to act; no claim: it is the holder.

    This function will refuse with GuardianNeeded, GuardianNotTied, AgentUnfit, AgentNotHere, AuthorisationMissing or
    DocumentsMissing, each with the reason of the rule that decided.
    """
    by = _by(programme, place, parties, claim, on)
    authority = _authority(programme, place, parties, by, claim, on)
    if authority.refusal:
        raise REFUSALS[authority.refusal](_said(authority.why), rule=authority.why.rule_id)
    if claim is None:
        return Acting(by, authority.why.rule_id, authority.documents)
    authorisation = _authorisation(authority, claim)
    documents = _documents(authority, authorisation, claim)
    return Acting(
        by=by,
        rule_id=authority.why.rule_id,
        documents=documents,
        claim=claim,
        actor_id=parties.actor.person_id if parties.actor else None,
        authorisation=authorisation,
        named=claim.documents is not None,
    )


def is_guardian(programme: Programme, place: Place, parties: Parties, on: date) -> bool:
    """Tell whether the rules let this guardian act for this ward; this function will look at no papers."""
    return _authority(programme, place, parties, "guardian", None, on).refusal is None


def _by(programme: Programme, place: Place, parties: Parties, claim: Claim | None, on: date) -> ActingAs:
    if claim is None:
        return "holder"
    if claim.by is not None:
        return claim.by
    alone = _authority(programme, place, parties, "holder", None, on)
    tied = is_guardian(programme, place, parties, on)
    return "guardian" if tied or alone.refusal == "guardian_needed" else "agent"


def _authority(
    programme: Programme, place: Place, parties: Parties, by: ActingAs, claim: Claim | None, on: date
) -> Authority:
    actor = parties.holder if by == "holder" else parties.actor
    born = actor.birth_date if actor else birth_date(claim.id_number) if claim else parties.holder.birth_date
    question = ActingQuestion(
        act=place.act,
        outlet_kind=place.outlet_kind,
        by=by,
        age=age_on(parties.holder.birth_date, on),
        tie=parties.tie,
        actor_age=age_on(born, on),
        actor_alive=by == "holder" or actor is None or actor.died_on is None,
    )
    return programme.authority(question, on)


def _authorisation(authority: Authority, claim: Claim) -> Authorisation | None:
    if not authority.authorisations:
        return None
    given = claim.authorisation
    witnessed = given != "home_witness" or len(set(claim.witnesses)) >= WITNESSES_NEEDED
    if given not in authority.authorisations or not witnessed:
        kinds = [AUTHORISATIONS[one] for one in authority.authorisations]
        accepted = f"{'、'.join(zh for zh, _ in kinds)} · {' or '.join(en for _, en in kinds)}"
        raise AuthorisationMissing(
            f"{_said(authority.why)}: {accepted}",
            accepted=list(authority.authorisations),
            rule=authority.why.rule_id,
        )
    return given


def _documents(
    authority: Authority, authorisation: Authorisation | None, claim: Claim
) -> tuple[Document, ...]:
    shown = SHOWN_BY.get(authorisation) if authorisation else None
    needed = (*authority.documents, shown) if shown else authority.documents
    if claim.documents is None:
        return needed
    missing = [one for one in needed if one not in claim.documents]
    if missing:
        names = [DOCUMENTS[one] for one in missing]
        raise DocumentsMissing(
            f"{'、'.join(zh for zh, _ in names)} · {', '.join(en for _, en in names)}",
            missing=missing,
            rule=authority.why.rule_id,
        )
    return tuple(sorted(set(claim.documents)))


def _said(why: Reason) -> str:
    return f"{why.reason_zh} · {why.reason_en}"
