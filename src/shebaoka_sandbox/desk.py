"""A partner's counter: batches come in, each reference is answered once for good, and the switches do their mischief."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, Protocol, TypeVar

import msgspec
from litestar import MediaType, Response

from shebaoka_sandbox.faults import Faults
from shebaoka_sandbox.store import Kept, Store, subject

Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Item(Protocol):
    """What every partner is sent: our reference, and whom it is about."""

    @property
    def reference(self) -> str:
        """Our reference."""
        ...

    @property
    def person(self) -> str:
        """Whom the reference belongs to for good."""
        ...


AnyItem = TypeVar("AnyItem", bound=Item)
Content = TypeVar("Content")
Decide = Callable[[list[AnyItem]], Sequence[msgspec.Struct]]


class Batch(msgspec.Struct, Generic[Content], frozen=True):
    """A request's body."""

    items: Annotated[list[Content], msgspec.Meta(min_length=1, max_length=500)]


class Declined(Exception):  # noqa: N818 - the fact itself
    """The whole call is answered with this status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Desks:
    """All counters of one sandbox: they share the store, the switches and the count of calls."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self.store = store
        self.faults = faults
        self._calls: Counter[str] = Counter()
        self._items: Counter[str] = Counter()

    def enter(self, partner: str, desk: str = "", items: int = 0) -> None:
        """Count a call, or decline it when the partner is down."""
        if self.faults.of(partner).down:
            raise Declined(503, f"{partner} is down")
        self._calls[desk or partner] += 1
        self._items[desk or partner] += items

    async def serve(
        self, partner: str, items: list[AnyItem], decide: Decide[AnyItem], desk: str = ""
    ) -> list[bytes]:
        """Answer a batch: the answers in JSON, lost ones left out and doubled ones twice.

        `decide` is asked about the new references only, inside the transaction that keeps its answers.
        `desk` keeps references apart that one partner takes at several addresses. This function will raise
        Declined when the partner is down or a reference belongs to another person.
        """
        self.enter(partner, desk, len(items))
        with self.store.transaction():
            fresh, answers = self._answers(desk or partner, items, decide)
        faults = self.faults
        said = [
            answer
            for reference, answer in answers.items()
            if not (reference in fresh and faults.hits(partner, "lose", reference))
            for _ in range(2 if faults.hits(partner, "duplicate", reference) else 1)
        ]
        # The work is done; a caller whose patience ends now knows nothing of it.
        await asyncio.sleep(faults.of(partner).delay_ms / 1000)
        return said

    def _answers(
        self, desk: str, items: list[AnyItem], decide: Decide[AnyItem]
    ) -> tuple[set[str], dict[str, bytes]]:
        wanted = {item.reference: item for item in items}
        known = self.store.known(desk, list(wanted))
        for item in items:
            owner = (
                known[item.reference].subject
                if item.reference in known
                else subject(wanted[item.reference].person)
            )
            if owner != subject(item.person):
                raise Declined(409, f"reference {item.reference} was sent before for another person")
        fresh = [item for reference, item in wanted.items() if reference not in known]
        decided = zip(fresh, decide(fresh) if fresh else (), strict=True)
        new = [
            Kept(item.reference, subject(item.person), msgspec.json.encode(answer))
            for item, answer in decided
        ]
        self.store.keep(desk, new)
        known |= {kept.reference: kept for kept in new}
        return {kept.reference for kept in new}, {reference: known[reference].answer for reference in wanted}

    def stats(self) -> dict[str, dict[str, int]]:
        """Count per partner: calls and items since the start, references and people ever."""
        kept = {partner: (references, people) for partner, references, people in self.store.counts()}
        return {
            partner: {
                "calls": self._calls[partner],
                "items": self._items[partner],
                "answers": kept.get(partner, (0, 0))[0],
                "people": kept.get(partner, (0, 0))[1],
            }
            for partner in sorted({*kept, *self._calls})
        }


def said(answers: list[bytes]) -> Response[bytes]:
    """Send answers that are JSON already: decoding five megabytes of photos to encode them again would be waste."""
    return Response(b'{"items":[' + b",".join(answers) + b"]}", media_type=MediaType.JSON)
