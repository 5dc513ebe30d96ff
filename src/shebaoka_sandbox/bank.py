"""The service banks' core systems: they open the card's account, or say why not."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from stdnum import luhn

from shebaoka_sandbox import chance
from shebaoka_sandbox.desk import Desks, Reference

# Every real payment card begins with another digit: ISO/IEC 7812 leaves 9 to national bodies (inferred: unused here).
INVENTED: Final = "9"
REASONS: Final = {
    "B01": "证件核查未通过",
    "B02": "预留手机号码核验未通过",
    "B03": "客户在本行的同类账户已达上限",
    "B04": "客户身份信息需到网点补充",
}


class Applicant(msgspec.Struct, frozen=True):
    """One person who is to have an account."""

    reference: Reference
    id_number: str
    name: str
    mobile: str

    @property
    def person(self) -> str:
        """The ID number."""
        return self.id_number


class Opened(msgspec.Struct, frozen=True):
    """The account was opened."""

    reference: str
    account_number: str
    outcome: Literal["opened"] = "opened"


class Refused(msgspec.Struct, frozen=True):
    """The bank would not open it."""

    reference: str
    reason_code: str
    reason: str
    outcome: Literal["refused"] = "refused"


class Banks:
    """All banks; each code is a bank of its own with its own references."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    async def open_accounts(self, code: str, items: list[Applicant]) -> list[bytes]:
        """Answer a batch of one bank."""
        return await self._desks.serve(
            f"bank:{code}", items, lambda new: [self._opened(code, item) for item in new]
        )

    def _opened(self, code: str, item: Applicant) -> Opened | Refused:
        faults = self._desks.faults
        if faults.hits(f"bank:{code}", "refuse", item.reference):
            reason = chance.choose(tuple(REASONS), faults.seed, code, "reason", item.reference)
            return Refused(item.reference, reason, REASONS[reason])
        return Opened(item.reference, account_number(faults.seed, code, item.reference))


def account_number(seed: int, code: str, reference: str) -> str:
    """Give 19 digits, the last of them Luhn's, by seed, bank and reference."""
    digits = f"{INVENTED}{chance.draw(seed, code, 'account', reference) % 10**17:017}"
    return digits + str(luhn.calc_check_digit(digits))
