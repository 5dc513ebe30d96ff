"""How a message of any interface is done: found by its code, read by its table, once for its number, in one transaction of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals import once
from shebaoka.faces.terminals.envelopes import ENCODER, Envelope
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered, faults
from shebaoka.kit.city import City
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.messages.layouts import read, write
from shebaoka.records.messages.tables import Message
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.senders.model import Sender

Said = TypeVar("Said", bound=Envelope)
Values = dict[str, Any]
LOCK_WAIT_MS: Final = 4_000
"""As the JSON interface waits."""


@dataclass(frozen=True, slots=True)
class Order(Generic[Said]):
    """One message to be done: who sends what, by which rules."""

    city: City
    programme: Programme
    sender: Sender
    envelope: Said
    input: Values

    @property
    def institution_id(self) -> int:
        """Whose message it is."""
        return self.sender.institution_id

    def begin(self) -> AbstractAsyncContextManager[Work]:
        """Open a transaction of the database in the sender's name."""
        return self.city.database.work(self.sender.actor, lock_wait_ms=LOCK_WAIT_MS)

    def within(self, work: Work, heard: Any = None) -> Asked[Said]:
        """Give the message within a transaction."""
        return Asked(self.city, self.programme, self.sender, self.envelope, self.input, work, heard)


@dataclass(frozen=True, slots=True)
class Asked(Order[Said]):
    """The message within a transaction of the database. `heard`: what the world outside said before it."""

    work: Work
    heard: Any


@dataclass(frozen=True, slots=True)
class Transaction(Generic[Said]):
    """A message of an interface. `writes`: done once for a number, and answered the same; `signed_in`: needs a sign_no.

    `act` gives the answer, or a refusal that leaves its records behind: a look that ends in one is a look all the same. What it
    raises leaves nothing. `hear` asks the world outside first, while no transaction is open, and gives what it said.
    """

    message: Message
    act: Callable[[Asked[Said]], Awaitable[Values | Problem]]
    writes: bool = True
    signed_in: bool = True
    hear: Callable[[Order[Said]], Awaitable[Any]] | None = None


async def _nothing(_: Work) -> None:
    """Ask nothing further."""


class Doing(Generic[Said]):
    """Does the messages of one interface. `name`: the interface's, below `/terminals/`; `own`: the field that names the institution."""

    def __init__(
        self,
        city: City,
        rules: RulesKeeper,
        name: str,
        transactions: Mapping[str, Transaction[Said]],
        own: str,
    ) -> None:
        self._city, self._rules = city, rules
        self._name, self._transactions, self._own = name, transactions, own

    async def asked_for(self, sender: Sender, said: Said) -> tuple[Transaction[Said], Values]:
        """Give the transaction that a message asks for, and what it says. Raises NotOffered, MessageRefused."""
        found = self._transactions.get(said.code)
        if found is None:
            raise NotOffered(f"没有交易 {said.code[:6]}")
        values, wrong = read(found.message.asks, said.content)
        if wrong:
            raise faults(wrong)
        if said.institution != sender.code:
            async with self._city.database.work(sender.actor) as work:
                work.record(0, "access.refused", f"terminals/{self._name} {said.code}", why="institution")
            raise MessageRefused(f"{self._own}与密钥所属机构不符，应为 {sender.code}")
        return found, values

    async def done(
        self, sender: Sender, said: Said, found: Transaction[Said], values: Values,
        first: Callable[[Work], Awaitable[None]] = _nothing,
    ) -> bytes:  # fmt: skip
        """Do a message and give its answer, written; `first`: what must hold in the same transaction. Raises what refuses it."""
        order = Order(self._city, (await self._rules.rules()).programme, sender, said, values)
        heard = None
        if found.hear is not None:
            async with order.begin() as work:
                await first(work)
            heard = await found.hear(order)

        async def act(work: Work) -> bytes | Problem:
            told = await found.act(order.within(work, heard))
            return told if isinstance(told, Problem) else ENCODER.encode(write(found.message.answers, told))

        async with order.begin() as work:
            await first(work)
            answer = await (
                once.done(work, self._name, said.msgid, said.same, act) if found.writes else act(work)
            )
        if isinstance(answer, Problem):
            raise answer
        return answer
