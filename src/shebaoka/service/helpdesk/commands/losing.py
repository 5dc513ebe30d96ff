"""A card is reported lost while its holder is on the telephone; the report belongs to the call and its case."""

from __future__ import annotations

from shebaoka.cards import commands as cards
from shebaoka.cards import views
from shebaoka.cards.model import Card, Generation, LossReport, Outlet
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.acting import views as acting
from shebaoka.registry.acting.commands import Done, keep
from shebaoka.registry.acting.model import Claim, Place
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import HelpNeed
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk import states
from shebaoka.service.helpdesk.commands.keeping import call_and_case, note
from shebaoka.service.helpdesk.errors import CallerNotKnownEnough
from shebaoka.service.helpdesk.model import Call, enough


async def report_lost(
    work: Work, programme: Programme, call_id: int, generation: Generation | None = None
) -> Card:
    """Suspend the holder's card for the days of the rule; without `generation` the live card is meant, else the newest.

    This function will give the card as it now is; the holder is told as of every loss report. Raises CallerNotKnownEnough,
    what `cards.commands.report_loss` and the rules of acting refuse, NotFound, TransitionRefused.
    """
    call, case = await call_and_case(work, call_id)
    holder_id = check_known(work, programme, call, "temporary_loss")
    line = await institutions.by_id(work, work.actor.organisation_id)
    assert line, "a call is at a line"
    held = (await views.of_people(work, [holder_id])).get(holder_id, [])
    card = views.meant(held, generation)
    if card is None:
        raise NotFound("此人名下的卡 · a card of this person")
    await _check_acting(work, programme, call, holder_id, line.kind, card)
    lost = await cards.report_loss(
        work, programme, LossReport(holder_id, card.card_id, "temporary", Outlet.of(line))
    )
    work.record(holder_id, "card.loss_asked", card.card_id, call=str(call_id), case=case.number)
    await note(work, case, "loss_reported", reason=call.reason, card=str(card.card_id), until=lost.loss_until)
    return lost


def check_known(work: Work, programme: Programme, call: Call, need: HelpNeed) -> int:
    """Give the holder a caller speaks for who is on the line and known well enough; refuse others with CallerNotKnownEnough."""
    if call.status not in states.ON_THE_LINE:
        raise TransitionRefused(f"{call.status} → {need}", was=call.status, action=need)
    needed = programme.help_need(need, work.today)
    if call.holder_id is None or not enough(call.level, needed):
        why = programme.rule("help_need", {"need": need}, work.today).reason
        raise CallerNotKnownEnough(
            f"{why.reason_zh} · {why.reason_en}", level=call.level, needed=needed, rule=why.rule_id
        )
    return call.holder_id


async def _check_acting(
    work: Work, programme: Programme, call: Call, holder_id: int, kind: str, card: Card
) -> None:
    """Ask the rules of acting once more: to report a loss is more than to ask. Who speaks is known from the identification."""
    asked = [holder_id] if call.caller_id is None else [holder_id, call.caller_id]
    known = await people.by_ids(work, asked)
    claim = None
    if call.caller_id is not None:
        guardian = (await people.identities(work, [call.caller_id]))[call.caller_id]
        claim = Claim("guardian", guardian.id_number, name=guardian.name)
    found = await acting.check(work, programme, known[holder_id], claim, Place("other", kind))
    done = Done(holder_id, "other", card.card_id, work.actor.organisation_id)
    await keep(work, [(done, found)])
