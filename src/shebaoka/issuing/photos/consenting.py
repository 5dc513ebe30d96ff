"""Whether a photo may be used, and with whose consent. Pure."""

from __future__ import annotations

from datetime import date

from shebaoka.issuing.applications.model import Application, Channel
from shebaoka.issuing.photos.model import Consent, ConsentBy, Source, Statement
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Reason
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import DecidesConsent


def wording(
    programme: Programme, source: Source, application: Application, on: date
) -> tuple[DecidesConsent, Reason]:
    """Give what the rules of a day say about consent to photos of a source, for an application."""
    return programme.photo_consent(source.value, Channel(application.channel).value, on)


def consent_to(
    programme: Programme, source: Source, application: Application, statement: Statement | None, on: date
) -> Consent | None:
    """Give the consent by which a photo of a source may be used for an application; None when there is none.

    Where the rules ask for consent, what the person stated last decides, whenever the application was made; whoever has
    stated nothing has consented by the form, as it was worded on the day of the application.
    """
    decides, why = wording(programme, source, application, on)
    if not decides.needed:
        return Consent(why.rule_id)
    if statement is not None:
        if not statement.given:
            return None
        return Consent(
            why.rule_id, statement.version, statement.stated_by, statement.stated_at, statement.consent_id
        )
    if not decides.by_form:
        return None
    version = wording_version(programme, source, application, on)
    return Consent(why.rule_id, version, _by(application), application.applied_at)


def wording_version(programme: Programme, source: Source, application: Application, on: date) -> str:
    """Give the version of the wording that an application's form had; one older than the rules had the first."""
    applied_on = application.applied_at.astimezone(SHANGHAI).date()
    try:
        return wording(programme, source, application, applied_on)[0].version
    except NoRuleApplies:
        return wording(programme, source, application, on)[0].version


def _by(application: Application) -> ConsentBy:
    if application.guardian_id is not None:
        return "proxy"
    return "employer" if application.channel == Channel.EMPLOYER else "holder"
