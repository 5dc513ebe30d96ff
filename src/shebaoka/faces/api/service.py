"""What the handlers of one running service share."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import structlog
from litestar.connection import ASGIConnection

from shebaoka.benefits.settlement.waiting import Confirmations
from shebaoka.cards.model import LookUp, Standing
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.cards.views import standing_many
from shebaoka.faces.api.watching import Watch
from shebaoka.faces.rules import RulesKeeper
from shebaoka.keys.using import Keys
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import Verdict
from shebaoka.kit.city import City
from shebaoka.kit.clock import today
from shebaoka.kit.coalescing import Coalescer
from shebaoka.kit.database import Database
from shebaoka.kit.sm2 import SecretKey
from shebaoka.kit.sm2_files import SmTwoFileUnusable
from shebaoka.kit.work import Work
from shebaoka.records import id_number as numbers
from shebaoka.registry.programme.errors import ProgrammeIncomplete
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff.gatekeeper import Gatekeeper
from shebaoka.service.credential.errors import EcardUnavailable

log = structlog.get_logger()

UPLOADS_AT_ONCE: Final = 2
"""A list may hold 64 MB and two database connections while it is taken in."""


class Standings:
    """Answers look-ups of cards, those that wait together in one call of one function."""

    def __init__(self, database: Database, keeper: RulesKeeper) -> None:
        self._database = database
        self._keeper = keeper
        self._waiting: Coalescer[LookUp, Standing] = Coalescer(self._answer)

    async def ask(self, look_up: LookUp) -> Standing:
        """Give whether a card is good now. The audit fact of the look has been committed when this returns."""
        return await self._waiting.ask(look_up)

    async def _answer(self, look_ups: Sequence[LookUp]) -> list[Standing]:
        programme = (await self._keeper.rules()).programme
        database = self._database
        # One function call is a transaction by itself: it needs no BEGIN and no COMMIT of ours.
        async with database.connection() as connection:
            await database.vault.refresh(connection)
            work = Work(connection, SYSTEM, database.clock.now(), database.ids, database.vault)
            return await standing_many(work, programme, look_ups)


@dataclass(frozen=True, slots=True)
class LastVerdict:
    """What the last verification of the audit chain found, and when."""

    at: datetime
    verdict: Verdict


@dataclass(slots=True)
class Service:
    """One running service."""

    city: City
    watch: Watch
    gatekeeper: Gatekeeper = field(init=False)
    keeper: RulesKeeper = field(init=False)
    standings: Standings = field(init=False)
    confirmations: Confirmations = field(init=False)
    keys: Keys = field(init=False)
    last_verdict: LastVerdict | None = None
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS_AT_ONCE))

    def __post_init__(self) -> None:
        self.keeper = RulesKeeper(self.city.database)
        self.gatekeeper = Gatekeeper(self.city.database, needs=self._must_be_live, must=self.must_have_factor)
        self.keys = Keys(self.city.key_store, self.city.settings.city_digits)
        self.standings = Standings(self.city.database, self.keeper)
        self.confirmations = Confirmations(self.city.database, self.programme)

    async def programme(self) -> Programme:
        """Give the programme; ProgrammeIncomplete when no rules are loaded."""
        return (await self.keeper.rules()).programme

    def signing_key(self) -> SecretKey:
        """Give the key that signs what terminals verify; EcardUnavailable where it cannot be used."""
        try:
            return signing_key(self.city.settings)
        except SmTwoFileUnusable as error:
            log.exception("ecard.no_key", why=error.detail)
            raise EcardUnavailable from error

    async def _must_be_live(self, kind: str, on: date) -> bool:
        """Tell whether the programme asks a kind of institution to be live; a city without rules does no business anyway."""
        try:
            return (await self.programme()).readiness(kind, on).must_be_live
        except ProgrammeIncomplete:
            return False

    async def must_have_factor(self, role: str, on: date) -> bool:
        """Tell whether the programme asks a role for a second factor; a city without rules has none of whom to keep out."""
        try:
            return (await self.programme()).second_factor(role, on)
        except ProgrammeIncomplete:
            return False

    async def read_id_number(self, text: str) -> str:
        """Give an ID number in its eighteen characters; IdNumberRefused says what is wrong with it."""
        invented = (await self.keeper.rules()).invented_people
        return numbers.parse(text, on=today(self.city.clock), invented_allowed=invented).text


def service(connection: ASGIConnection[Any, Any, Any, Any]) -> Service:
    """Give the service that a request came to."""
    found: Service = connection.app.state.service
    return found
