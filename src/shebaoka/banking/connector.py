"""The banks' core systems behind one address: each bank by itself, so that one that is down holds up nobody else."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
import structlog
from msgspec import Meta, Struct
from stdnum import luhn

from shebaoka.banking.model import (
    AccountAnswer,
    AccountRequest,
    Answered,
    CardChange,
    Debit,
    DebitAnswer,
    Document,
    Heard,
    Known,
    Told,
)
from shebaoka.banking.states import Life
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.problems import Problem

ACCOUNT_DIGITS: Final = 19
FEED_LIMIT: Final = 1_000
DOCUMENTS_LIMIT: Final = 20
"""Each may have megabytes."""
log = structlog.get_logger()
PREFIX: Final = "account-"
DEBIT: Final = "debit-"
REFUND: Final = "refund-"
CARD: Final = "card-"


class Opened(Struct, frozen=True, tag="opened", tag_field="outcome"):
    """A bank's answer: the account."""

    account_number: str


class Refused(Struct, frozen=True, tag="refused", tag_field="outcome"):
    """A bank's answer: no account, and why."""

    reason_code: str
    reason: str


class State(Struct, frozen=True):
    """How a bank says that an account stands. `reference`: ours, by which it was opened."""

    reference: Annotated[str, Meta(pattern="^account-[0-9]{1,19}$")]
    status: Life
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    at: Annotated[datetime, Meta(tz=True)]

    def told(self, bank_id: int) -> Told:
        """Give it as this room speaks of it."""
        number = int(self.reference.removeprefix(PREFIX))
        return Told(number, bank_id, self.status, self.version, self.at)


class Notices(Struct, frozen=True):
    """A stretch of a bank's feed of notices, and the cursor to go on from."""

    notices: list[State]
    next: Annotated[str, Meta(max_length=100)]


class Written(Struct, frozen=True):
    """A document as a bank hands it over: XML, in JSON's text."""

    document_id: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Literal["pain.002", "camt.053"]
    document: str


class Documents(Struct, frozen=True):
    """Documents, and the cursor to go on from where they are a stretch of the feed."""

    documents: list[Written]
    next: Annotated[str, Meta(max_length=100)] = ""


class Receipt(Struct, frozen=True):
    """A bank has a payment file. `repeated`: it had it before; nothing is done twice."""

    message_id: str
    repeated: bool = False


class Done(Struct, frozen=True, tag="done", tag_field="outcome"):
    """A bank has done what it was asked."""


T = TypeVar("T", bound=Struct)


class BankCores:
    """Speaks to the service banks, each below its code (`{banks_url}/{bank_code}/v1/…`, docs/partners.md)."""

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

    async def notices(self, code: str, bank_id: int, after: str) -> tuple[list[Told], str]:
        """Give the next stretch of what a bank tells of its accounts, and the cursor behind it.

        Raises PartnerUnavailable, PartnerAnswerRefused.
        """
        found = await self._get(Notices, f"/{code}/v1/account-notices", after=after, limit=FEED_LIMIT)
        return [one.told(bank_id) for one in found.notices], found.next

    async def states(self, code: str, accounts: Sequence[Known]) -> list[Told]:
        """Ask a bank how accounts stand; those that it leaves out, or answers wrongly, are missing. Raises as `notices`."""
        by_reference = {f"{PREFIX}{one.application_id}": one for one in accounts}
        items = [{"reference": reference} for reference in by_reference]
        answers = await self._partner.batch(f"/{code}/v1/account-states", items)
        told = []
        for reference, answer in answers.items():
            try:
                told.append(msgspec.convert(answer, State).told(by_reference[reference].bank_id))
            except msgspec.ValidationError:
                log.warning("bank.state_malformed", bank=code, reference=reference)
        return told

    async def tell_cards(self, code: str, changes: Sequence[CardChange]) -> list[Heard]:
        """Tell a bank how cards with its accounts stand; told again it does nothing twice. Those without an answer are missing.

        Raises as `notices`.
        """
        by_reference = {f"{CARD}{one.application_id}-{one.version}": one for one in changes}
        items = [
            {"reference": reference, "account": f"{PREFIX}{one.application_id}", "card": one.card, "version": one.version}
            for reference, one in by_reference.items()
        ]  # fmt: skip
        answers = await self._partner.batch(f"/{code}/v1/card-notices", items)
        return [Heard(by_reference[reference], why) for reference, why in _reasons(answers)]

    async def pay(self, code: str, message_id: str, document: bytes) -> bool:
        """Give a bank a payment file; sent again it is taken once. Tells whether it had it before. Raises as `notices`."""
        sent = {"message_id": message_id, "document": document.decode()}
        answer = self._read(Receipt, await self._partner.post(f"/{code}/v1/payments", sent))
        if answer.message_id != message_id:
            raise PartnerAnswerRefused(f"{code}: 收条编号不符 · a receipt for another file")
        return answer.repeated

    async def documents(self, code: str, after: str) -> tuple[list[Document], str]:
        """Give the next stretch of a bank's reports and statements, and the cursor behind it. Raises as `notices`."""
        found = await self._get(Documents, f"/{code}/v1/documents", after=after, limit=DOCUMENTS_LIMIT)
        return _documents(found), found.next

    async def reports(self, code: str, message_id: str) -> list[Document]:
        """Ask a bank for what it has said of a payment file so far. Raises as `notices`."""
        return _documents(await self._get(Documents, f"/{code}/v1/payments/{message_id}/reports"))

    async def statement(self, code: str, sequence: int) -> list[Document]:
        """Ask a bank for our account's statement of a number; none when there is none yet. Raises as `notices`."""
        return _documents(await self._get(Documents, f"/{code}/v1/statements/{sequence}"))

    async def debit(self, code: str, debits: Sequence[Debit]) -> list[DebitAnswer]:
        """Have amounts taken from accounts on cards; asked again, each is taken once. Those without an answer are missing.

        Raises as `notices`.
        """
        items = [
            {
                "reference": f"{DEBIT}{one.debit_id}", "account_number": one.account_number, "name": one.name,
                "amount_fen": one.amount_fen, "note": one.note,
            }
            for one in debits
        ]  # fmt: skip
        return self._done(DEBIT, await self._partner.batch(f"/{code}/v1/debits", items))

    async def refund(self, code: str, debit_ids: Sequence[int]) -> list[DebitAnswer]:
        """Have debits given back, each once. Those without an answer are missing. Raises as `notices`."""
        items = [{"reference": f"{REFUND}{one}", "debit": f"{DEBIT}{one}"} for one in debit_ids]
        return self._done(REFUND, await self._partner.batch(f"/{code}/v1/debit-refunds", items))

    def _done(self, prefix: str, answers: Mapping[str, Mapping[str, Any]]) -> list[DebitAnswer]:
        return [DebitAnswer(int(reference.removeprefix(prefix)), why) for reference, why in _reasons(answers)]

    async def _get(self, kind: type[T], path: str, **parameters: Any) -> T:
        return self._read(kind, await self._partner.get(path, **parameters))

    def _read(self, kind: type[T], answer: Mapping[str, Any]) -> T:
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError as error:
            raise PartnerAnswerRefused(f"{self._partner.name}: {error}") from None

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


def _reasons(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """Give each reference with why it was refused, None when it was done; what cannot be read is left out."""
    for reference, answer in answers.items():
        try:
            said = msgspec.convert(answer, Done | Refused)
        except msgspec.ValidationError:
            log.warning("bank.answer_malformed", reference=reference)
            continue
        yield reference, f"{said.reason_code} {said.reason}" if isinstance(said, Refused) else None


def _documents(found: Documents) -> list[Document]:
    return [Document(one.document_id, one.kind, one.document.encode()) for one in found.documents]


def _reference(request: AccountRequest) -> str:
    return f"{PREFIX}{request.application_id}"


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
