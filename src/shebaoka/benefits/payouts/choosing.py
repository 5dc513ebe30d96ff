"""To which account somebody is paid: by the rules of the day, and by how the accounts stand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shebaoka.banking.model import BankAccount
from shebaoka.benefits.payouts.model import WRONG_ACCOUNT, Destination, Item, Left, OnFile, Payment
from shebaoka.registry.programme.benefit_sets import DecidesPayoutAccount
from shebaoka.registry.programme.model import Benefit
from shebaoka.registry.programme.programme import Programme


def choose(
    programme: Programme, benefit: Benefit, on: date, cards: Sequence[BankAccount], on_file: OnFile | None
) -> Destination | Left:
    """Give the account that a benefit goes to, or why there is none. `cards`: the accounts of somebody's cards, oldest first.

    Only an active account can be paid to; one on file is tried, for only its bank knows how it stands.
    """
    opened = [one for one in cards if one.life is not None]
    newest = opened[-1] if opened else None
    rule = programme.rule(
        "payout_account", {"benefit": benefit, "card_account": newest.life if newest else "none"}, on
    )
    assert isinstance(rule.decides, DecidesPayoutAccount)
    former = [one for one in opened[:-1] if one.life == "active"]
    card = newest if newest and newest.life == "active" else None
    for to in rule.decides.order:
        if to == "on_file" and on_file is not None:
            return Destination(on_file.bank_id, on_file.last4, rule.rule_id, account_id=on_file.account_id)
        account = {"card": card, "former_card": former[-1] if former else None, "on_file": None}[to]
        if account is not None:
            return Destination(
                account.bank_id, account.last4 or "", rule.rule_id, application_id=account.application_id
            )
    return "not_active" if newest else "no_account"


def held_back(item: Item, failed: Payment | None, to: Destination) -> bool:
    """Whether an item would go to the very account for which its last payment failed."""
    if failed is None or item.same_account or failed.code not in WRONG_ACCOUNT:
        return False
    return (failed.application_id, failed.account_id) == (to.application_id, to.account_id)
