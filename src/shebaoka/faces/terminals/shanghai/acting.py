"""What every message is given, and how it becomes one: a name in a table, a command, an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shebaoka.faces.terminals.shanghai.declared import MESSAGES
from shebaoka.faces.terminals.shanghai.envelope import Envelope
from shebaoka.kit.city import City
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.messages.tables import Message
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.senders.model import Sender

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One message to be done: who sends what, in which transaction of the database, by which rules."""

    city: City
    work: Work
    programme: Programme
    sender: Sender
    envelope: Envelope
    input: Values

    @property
    def institution_id(self) -> int:
        """Whose message it is."""
        return self.sender.institution_id


Act = Callable[[Asked], Awaitable[Values | Problem]]
"""Gives the answer, or a refusal that leaves its records behind. What it raises leaves nothing."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A message of the interface. `writes`: done once for a number, and answered the same."""

    message: Message
    act: Act
    writes: bool = True


def transaction(code: str, act: Act, *, writes: bool = True) -> tuple[str, Transaction]:
    """Give a message under its code."""
    return code, Transaction(MESSAGES[code], act, writes)
