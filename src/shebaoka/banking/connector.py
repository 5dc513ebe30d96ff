"""The banks' core systems behind one address: each bank by itself, so that one that is down holds up nobody else."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from stdnum import luhn

from shebaoka.banking.model import AccountAnswer, AccountRequest, Answered
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.problems import Problem

ACCOUNT_DIGITS: Final = 19


class Opened(Struct, frozen=True, tag="opened", tag_field="outcome"):
    """A bank's answer: the account."""

    account_number: str


class Refused(Struct, frozen=True, tag="refused", tag_field="outcome"):
    """A bank's answer: no account, and why."""

    reason_code: str
    reason: str


class BankCores:
    """Opens accounts at the service banks (`POST {banks_url}/{bank_code}/v1/accounts`, docs/partners.md)."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner

    async def open_accounts(self, requests: Sequence[AccountRequest]) -> Answered:
        """Ask every bank for its people's accounts, all banks at the same time; asking again gets the same answers.

        This function will raise nothing for a bank that is down: its people wait, and `waiting` says why.
        """
        by_bank: dict[str, list[AccountRequest]] = defaultdict(list)
        for request in requests:
            by_bank[request.bank_code].append(request)
        asked = await asyncio.gather(*(self._ask(code, some) for code, some in by_bank.items()))
        waiting = {
            code: given for code, given in zip(by_bank, asked, strict=True) if isinstance(given, Problem)
        }
        answered = [pair for given in asked if not isinstance(given, Problem) for pair in given]
        return Answered(
            tuple(answer for _, answer in answered if isinstance(answer, AccountAnswer)),
            waiting,
            tuple(request.application_id for request, answer in answered if answer == "unanswered"),
            tuple(request.application_id for request, answer in answered if answer == "malformed"),
        )

    async def _ask(
        self, code: str, requests: Sequence[AccountRequest]
    ) -> list[tuple[AccountRequest, AccountAnswer | Literal["unanswered", "malformed"]]] | Problem:
        try:
            answers = await self._partner.batch(
                f"/{code}/v1/accounts", [_item(request) for request in requests]
            )
        except (PartnerUnavailable, PartnerAnswerRefused) as problem:
            return problem
        return [(request, _answer(request, answers.get(_reference(request)))) for request in requests]


def _reference(request: AccountRequest) -> str:
    return f"account-{request.application_id}"


def _item(request: AccountRequest) -> dict[str, str]:
    return {
        "reference": _reference(request),
        "id_number": request.id_number,
        "name": request.name,
        "mobile": request.mobile,
    }


def _answer(
    request: AccountRequest, item: Mapping[str, Any] | None
) -> AccountAnswer | Literal["unanswered", "malformed"]:
    if item is None:
        return "unanswered"
    try:
        answer = msgspec.convert(item, Opened | Refused)
    except msgspec.ValidationError:
        return "malformed"
    place = (request.person_id, request.application_id, request.bank_id)
    if isinstance(answer, Refused):
        return AccountAnswer(*place, reason=f"{answer.reason_code} {answer.reason}")
    return (
        AccountAnswer(*place, account_number=answer.account_number)
        if sound(answer.account_number)
        else "malformed"
    )


def sound(number: str) -> bool:
    """Tell whether it is an account number: 19 digits, the last of them Luhn's."""
    return len(number) == ACCOUNT_DIGITS and number.isascii() and number.isdigit() and luhn.is_valid(number)
