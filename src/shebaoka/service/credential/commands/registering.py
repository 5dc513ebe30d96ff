"""Which institution may ask for which purpose: registered by name, within what the rules let its kind ask."""

from __future__ import annotations

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import IdentityPurpose
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.credential.errors import PurposeNotForKind
from shebaoka.service.credential.store import SQL


async def register(work: Work, programme: Programme, party: Institution, purpose: IdentityPurpose) -> None:
    """Let an institution ask for a purpose; registered again, nothing changes. Raises PurposeNotForKind."""
    rule, why = programme.identity(party.kind, purpose, work.today)
    if not rule.fields:
        raise PurposeNotForKind(
            f"{why.reason_zh} · {why.reason_en}", kind=party.kind, purpose=purpose, rule=why.rule_id
        )
    added = await work.run(SQL["register_purpose"], {
        "institution_id": party.institution_id, "purpose": purpose, "actor": work.actor.name, "now": work.now,
    })  # fmt: skip
    if added:
        work.record(0, "identity.purpose_registered", party.code, purpose=purpose, rule=why.rule_id)


async def withdraw(work: Work, party: Institution, purpose: IdentityPurpose) -> None:
    """Let an institution ask for a purpose no more, from this moment. Raises NotFound where it may not anyway."""
    named = {"institution_id": party.institution_id, "purpose": purpose}
    if not await work.run(SQL["withdraw_purpose"], named):
        raise NotFound(f"{party.code} {purpose}")
    work.record(0, "identity.purpose_withdrawn", party.code, purpose=purpose)
