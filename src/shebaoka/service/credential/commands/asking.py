"""A relying party asks who somebody is: answered with yes and no, with consent, and shown to the holder later; refusals too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from shebaoka.cards import views as cards
from shebaoka.cards.model import LookUp
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person, masked_name
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.identity_sets import DecidesIdentity
from shebaoka.registry.programme.model import IdentityConsent, IdentityField
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.credential import views
from shebaoka.service.credential.commands.consenting import code_digest
from shebaoka.service.credential.errors import IdentityLocked
from shebaoka.service.credential.model import PROVEN, ByCard, ByCode, Question, Refused, Told, request_place
from shebaoka.service.credential.store import SQL


@dataclass(frozen=True, slots=True)
class _Consent:
    """Consent that was given, and used up. `card_id`: the card that was checked."""

    holder: Person
    given_by: int
    card_id: int | None = None


async def ask(work: Work, programme: Programme, question: Question) -> int:
    """Answer a relying party, or refuse it, and keep both for the holder; give the number of the request.

    This function will count requests without consent, and refuse with IdentityLocked once they were too many. What is refused
    is the same whether or not anybody has the ID number. Raises NotFound.
    """
    party = await institutions.by_id(work, work.actor.organisation_id)
    if party is None:
        raise NotFound("本机构 · your own institution")
    subject = work.vault.digest("identity_asker", f"{work.actor.organisation_id} {work.actor.name}")
    await _check_lock(work, programme, subject)
    rule, why = programme.identity(party.kind, question.purpose, work.today)
    refused = await _refused(work, rule, question)
    about = await _about(work, question)
    consent = None if refused else await _consent(work, programme, question)
    if consent is None:
        if refused is None:
            refused = "no_consent"
            await work.run(
                SQL["add_failure"], {"subject": subject, "attempt_id": work.ids.one(), "now": work.now}
            )
        return await _keep(
            work, question, about, why.rule_id, Told(_asked(question), question.age), refused=refused
        )
    told = await _told(work, programme, question, consent)
    return await _keep(work, question, consent.holder.person_id, why.rule_id, told, given_by=consent.given_by)


def _asked(question: Question) -> tuple[IdentityField, ...]:
    return tuple(sorted(question.fields))


def how(question: Question) -> IdentityConsent:
    """Give which kind of consent a question rests on."""
    if isinstance(question.consent, ByCode):
        return "code"
    return "card_in_person" if question.consent.in_person else "card_pin"


async def _refused(work: Work, rule: DecidesIdentity, question: Question) -> Refused | None:
    """Give why whoever asks may not ask this at all."""
    own = await views.registered(work, work.actor.organisation_id)
    if question.purpose not in [one.purpose for one in own]:
        return "not_registered"
    allowed = (
        question.fields <= set(rule.fields)
        and how(question) in rule.consents
        and (question.age is None or question.age in rule.ages)
    )
    return None if allowed else "not_allowed"


async def _about(work: Work, question: Question) -> int:
    """Give whom a question is about, for their list should it be refused: by what was shown, else by the number; else nobody."""
    match question.consent:
        case ByCode(code):
            shown = await work.value(SQL["meant_by_code"], {"digest": code_digest(work, code)})
        case ByCard(challenge_id):
            asked = {"challenge_id": challenge_id, "organisation_id": work.actor.organisation_id}
            shown = await work.value(SQL["meant_by_check"], asked)
    named = await people.find(work, question.id_number) if question.id_number is not None else None
    return shown or (named.person_id if named else 0)


async def _consent(work: Work, programme: Programme, question: Question) -> _Consent | None:
    """Use the holder's consent up; None where there is none for this."""
    match question.consent:
        case ByCode(code):
            asked: dict[str, Any] = {
                "digest": code_digest(work, code),
                "purpose": question.purpose,
                "now": work.now,
            }
            found = await work.row(SQL["spend_code"], asked)
            holder_id, given_by, card_id = (*found, None) if found else (None, None, None)
        case ByCard(challenge_id, in_person):
            minutes = programme.identity_terms(work.today).check_minutes
            found = await work.row(SQL["spend_check"], {
                "challenge_id": challenge_id, "organisation_id": work.actor.organisation_id, "now": work.now,
                "since": work.now - timedelta(minutes=minutes), "verdicts": list(PROVEN),
            })  # fmt: skip
            if found is None or not (in_person or found[2] == "verified"):
                return None
            holder_id, card_id = found[0], found[1]
            given_by = holder_id
    if holder_id is None:
        return None
    holder = (await people.by_ids(work, [holder_id]))[holder_id]
    # The dead consent to nothing, whoever has their card or their code.
    return None if holder.died_on is not None else _Consent(holder, given_by, card_id)


async def _told(work: Work, programme: Programme, question: Question, consent: _Consent) -> Told:
    holder, yes, masked = consent.holder, dict[IdentityField, bool](), ""
    for field in question.fields:
        match field:
            case "holder":
                named = await people.find(work, question.id_number or "")
                yes[field] = named is not None and named.person_id == holder.person_id
            case "name_matches":
                yes[field] = holder.name_digest == work.vault.digest("name", question.name or "")
            case "age_over":
                assert question.age is not None
                yes[field] = age_on(holder.birth_date, work.today) >= question.age
            case "card_good":
                yes[field] = await _card_good(work, programme, consent)
            case "name_masked":
                masked = masked_name(
                    (await people.identities(work, [holder.person_id]))[holder.person_id].name
                )
    return Told(_asked(question), question.age, yes, masked)


async def _card_good(work: Work, programme: Programme, consent: _Consent) -> bool:
    """Tell whether the card that was checked is good, or the one that the holder means who shows none."""
    held = (await cards.of_people(work, [consent.holder.person_id])).get(consent.holder.person_id, [])
    card = next((one for one in held if one.card_id == consent.card_id), None) or cards.meant(held)
    if card is None:
        return False
    (standing,) = await cards.standing_many(work, programme, [LookUp(work.actor, card.card_number)])
    return standing.good


async def _keep(
    work: Work,
    question: Question,
    about: int,
    rule_id: str,
    told: Told,
    *,
    refused: Refused | None = None,
    given_by: int | None = None,
) -> int:
    request_id = work.ids.one()
    await work.run(SQL["add_request"], {
        "person_id": about, "request_id": request_id, "asked_at": work.now, "purpose": question.purpose,
        "organisation_id": work.actor.organisation_id, "actor": work.actor.name, "refused": refused, "rule_id": rule_id,
        "consent": None if refused else how(question), "given_by": given_by,
        "sealed": work.vault.seal(msgspec.json.encode(told), request_place(request_id)),
    })  # fmt: skip
    work.record(
        about, "identity.asked_about", request_id, purpose=question.purpose, refused=refused, rule=rule_id
    )
    return request_id


async def _check_lock(work: Work, programme: Programme, subject: bytes) -> None:
    """Refuse whoever asked too often without consent. Not the number that is asked about: nobody locks somebody else out."""
    lock = programme.identity_lock(work.today)
    horizon = work.now - timedelta(minutes=lock.minutes)
    asked = {"subject": subject, "horizon": horizon, "failures_max": lock.failures}
    await work.run(SQL["take_turn"], asked)
    blocking = await work.value(SQL["failure_that_blocks"], asked)
    if blocking:
        raise IdentityLocked(math.ceil((blocking - horizon).total_seconds()))
    await work.run(SQL["forget_failures"], asked)
