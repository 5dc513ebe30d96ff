"""What each line of a return file means, held against what was ordered: one pure function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shebaoka.issuing.production.model import Difference, SentOrder
from shebaoka.issuing.production.reading_back import Chips
from shebaoka.issuing.production.states import OrderStatus
from shebaoka.records.bureau import ReturnRecord

Digest = Callable[[str, str], bytes]
"""Gives the keyed digest of a kind of value."""

UNANSWERED: Final = "回盘"
"""The stage at which a card failed that the bureau never answered."""
CALLED_OFF: Final = "撤回"
"""The stage at which a card failed whose batch was called off."""
GIVEN_UP: Final = frozenset({UNANSWERED, CALLED_OFF})


@dataclass(frozen=True, slots=True)
class Sorted:
    """A return file taken apart. Each order stands in `made` or `failed` once at most."""

    made: list[tuple[SentOrder, ReturnRecord]]
    failed: list[tuple[SentOrder, ReturnRecord]]
    differences: list[Difference]


def sort_out(
    lines: Sequence[ReturnRecord], orders: Mapping[str, SentOrder], digest: Digest, chips: Chips
) -> Sorted:
    """Take a return file apart. `orders` are those of the file's batch, by card number; `chips`: what a chip must say.

    This function will let the first good line of a card count; all others become differences.
    """
    sorted_ = Sorted([], [], [])
    answered: set[str] = set()
    codes: set[str] = set()
    for line in lines:
        order = orders.get(line.card_number)
        difference = _difference(line, order, answered, digest) or (
            _chip_difference(line, order, codes, digest, chips) if order and line.made else None
        )
        if difference or order is None:
            sorted_.differences.extend([difference] if difference else [])
            continue
        answered.add(line.card_number)
        codes.add(line.chip_id)
        (sorted_.made if line.made else sorted_.failed).append((order, line))
    return sorted_


def _difference(
    line: ReturnRecord, order: SentOrder | None, answered: set[str], digest: Digest
) -> Difference | None:
    if order is None:
        return Difference("not_ordered", line.card_number, "本批次没有这张卡 · this batch holds no such card")
    if line.card_number in answered:
        return Difference("repeated", line.card_number, "同一文件中出现两次 · stands in the file twice")
    if order.status != OrderStatus.ORDERED:
        return _answered_before(line, order)
    wrong = differing(line, order, digest)
    if wrong:
        return Difference("content_differs", line.card_number, "、".join(wrong))
    return None


def _chip_difference(
    line: ReturnRecord, order: SentOrder, codes: Collection[str], digest: Digest, chips: Chips
) -> Difference | None:
    """Hold what was read back of a chip against what was ordered: a card counts only when all is equal."""
    wrong = ["卡识别码"] if line.chip_id in codes else chips.wrong(line)
    if digest("chip", line.digest) != order.chip_digest:
        wrong = [*wrong, "读回摘要"]
    return Difference("chip_differs", line.card_number, "、".join(wrong)) if wrong else None


def _answered_before(line: ReturnRecord, order: SentOrder) -> Difference:
    if order.failed_stage in GIVEN_UP:
        return Difference(
            "late", line.card_number,
            "逾期未回盘或批次已撤回，已重新下单；如两张卡都制成，请销毁这一张"
            " · answered after it was given up or called off, and ordered again; of two cards made destroy this one",
        )  # fmt: skip
    return Difference("repeated", line.card_number, "此前已回盘 · was answered before")


def differing(line: ReturnRecord, order: SentOrder, digest: Digest) -> list[str]:
    """Give the names of the columns in which a line differs from what was ordered."""
    checks = {
        "社会保障号码": digest("id_number", line.social_security_number) == order.id_digest,
        "姓名": digest("name", line.name) == order.name_digest,
        "发卡日期": line.issued_on == order.issued_on,
        "卡有效期": line.valid_until == order.expires_on,
        "服务银行、银行账号": digest("bank", bank_text(line.bank, line.account_number)) == order.bank_digest,
    }
    return [column for column, same in checks.items() if not same]


def bank_text(bank: str, account_number: str) -> str:
    """Give bank and account number as one text to digest."""
    return f"{bank}\x1f{account_number}"
