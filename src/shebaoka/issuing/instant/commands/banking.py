"""The account on the new card: the bank is asked between two transactions, as no row is held while it thinks."""

from __future__ import annotations

from shebaoka.banking.model import AccountRequest, Answered
from shebaoka.issuing.accounts import commands as accounts
from shebaoka.issuing.applications import states as application_states
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.instant import views
from shebaoka.issuing.instant.commands.stepping import step
from shebaoka.issuing.instant.errors import AccountPending
from shebaoka.issuing.instant.model import Session
from shebaoka.issuing.instant.states import FIRST, Action
from shebaoka.kit.work import Work


async def account_question(work: Work, application_id: int) -> AccountRequest | None:
    """Give what the bank is to be asked; None where there is nothing to ask it, and `take_account` says why.

    The reference is the application's own: a bank asked twice opens one account. Raises NotFound.
    """
    found = await views.session(work, application_id)
    if found.issue.status != FIRST or found.application.status != Status.PHOTO_READY:
        return None
    return await accounts.question(work, found.application)


async def take_account(work: Work, application_id: int, answered: Answered | None) -> Session:
    """Take in what the bank answered: an account, or a refusal after which another bank may be chosen.

    `answered` None: the account is open already. This function will refuse with NotFound, TransitionRefused, and with
    AccountPending where no usable answer came; nothing has happened then.
    """
    found = await step(work, application_id, Action.TAKE)
    if answered is not None:
        if not answered.answers:
            raise AccountPending("；".join(problem.detail for problem in answered.waiting.values()))
        await accounts.settle(work, answered.answers)
    elif found.application.status != Status.ACCOUNT_OPENED:
        application_states.after(Status(found.application.status), application_states.Action.OPEN_ACCOUNT)
        raise AccountPending
    return await views.session(work, application_id)
