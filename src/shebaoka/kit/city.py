"""A running city: what every face, job and simulation works with. `wiring` makes it."""

from __future__ import annotations

from dataclasses import dataclass

from shebaoka.kit.clock import Clock
from shebaoka.kit.database import Database
from shebaoka.kit.key_store import KeyStore
from shebaoka.kit.outbox import Subscriptions
from shebaoka.kit.partners import Partner
from shebaoka.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Partners:
    """The outside world, each partner behind the address that the settings name."""

    register: Partner
    photos: Partner
    banks: Partner
    courier: Partner
    sms: Partner
    hub: Partner


@dataclass(frozen=True, slots=True)
class City:
    """Settings, clock, database, partners, who listens to which events, and where the card keys are."""

    settings: Settings
    clock: Clock
    database: Database
    partners: Partners
    subscriptions: Subscriptions
    key_store: KeyStore
