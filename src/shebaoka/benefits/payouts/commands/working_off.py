"""What went wrong is worked off by somebody: paid again, stopped, or a difference closed with its reason."""

from __future__ import annotations

from shebaoka.banking.connector import sound
from shebaoka.benefits.payouts import store
from shebaoka.benefits.payouts.errors import PayoutListRefused
from shebaoka.benefits.payouts.model import Item
from shebaoka.benefits.payouts.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.ledger import commands as ledger
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK

ACCOUNT_LENGTHS = range(6, 35)


async def repay(work: Work, person_id: int, item_id: int, reason: str, *, same_account: bool = False) -> Item:
    """Let what was rejected or came back be drawn again, once: it is due, and the next run pays it to the account that then counts.

    `same_account`: an officer has made sure that the account which failed is right after all. Raises NotFound,
    TransitionRefused, PayoutMovedMeanwhile.
    """
    item = await _item(work, person_id, item_id)
    await store.move_items(
        work, [item], "repay", actor=work.actor.name, reason=reason, same_account=same_account
    )
    work.record(person_id, "payout.repaying", item_id, same_account=same_account)
    return await _item(work, person_id, item_id)


async def stop(work: Work, person_id: int, item_id: int, reason: str) -> Item:
    """Stop what is due, or failed: it is owed no more, and what its fund had set aside goes back. Raises as `repay`."""
    item = await _item(work, person_id, item_id)
    await store.move_items(work, [item], "stop", actor=work.actor.name, reason=reason)
    if item.entry_id is not None:
        await ledger.reverse(work, person_id, item.entry_id, item_id, work.present_day)
    work.record(person_id, "payout.stopped", item_id)
    return await _item(work, person_id, item_id)


async def close_difference(work: Work, difference_id: int, reason: str) -> None:
    """Close a difference that was worked off, for good. Raises NotFound where none of that number is open."""
    asked = {"difference_id": difference_id, "reason": reason, "actor": work.actor.name, "now": work.now}
    if not await work.run(SQL["close_difference"], asked):
        raise NotFound(f"未处理的差异 open difference {difference_id}")
    work.record(0, "payout.difference_closed", difference_id)


async def note_payer(
    work: Work, bank_code: str, account: str, name: str, next_sequence: int = 1, balance_fen: int = 0
) -> None:
    """Note from which account of ours a bank pays, and which statement of it comes next, opening with which balance.

    Raises NotFound for a bank that is none, PayoutListRefused for an account that cannot be one.
    """
    bank = await institutions.by_code(work, bank_code)
    if bank is None or bank.kind != BANK:
        raise NotFound(f"服务银行 service bank {bank_code}")
    if not (sound(account) or (account.isascii() and account.isalnum() and len(account) in ACCOUNT_LENGTHS)):
        raise PayoutListRefused("账号须为 6 至 34 位字母或数字 · an account has 6 to 34 letters or digits")
    await work.run(SQL["note_payer"], {
        "bank_id": bank.institution_id, "account": account, "name": name, "next_sequence": next_sequence,
        "balance_fen": balance_fen, "actor": work.actor.name, "now": work.now,
    })  # fmt: skip
    work.record(0, "payout.payer_noted", bank.institution_id, next_sequence=next_sequence)


async def _item(work: Work, person_id: int, item_id: int) -> Item:
    found = await store.items(work, [(person_id, item_id)])
    if not found:
        raise NotFound(f"待遇 benefit {item_id}")
    return found[0]
