"""Switches that make a partner behave badly, and the dice that decide whom it hits."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from shebaoka_sandbox import chance

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Partner = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(register|photos|bank(:[0-9A-Za-z_-]{1,20})?|bureau|courier|sms|identity|wechat|hub)$"
    ),
]
Flaw = Literal[
    "",
    "nonce",
    "audience",
    "issuer",
    "expired",
    "unverified",
    "unsigned",
    "forged",
    "symmetric",
    "new_key",
    "signature",
    "stale",
    "account",
    "plain",
]


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One partner's switches; docs/partners.md says what each means where."""

    partner: Partner
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0
    refuse: Share = 0.0
    lose: Share = 0.0
    duplicate: Share = 0.0
    reorder: Share = 0.0
    misprint: Share = 0.0
    undelivered: Share = 0.0
    lose_report: Share = 0.0
    spoil: Share = 0.0
    returned: Share = 0.0
    dead: Share = 0.0
    write_wrong: Share = 0.0
    torn: Share = 0.0
    wrong_number: Share = 0.0
    wrong_digest: Share = 0.0
    copied_code: Share = 0.0
    down: bool = False
    delivery_before_dispatch: bool = False
    unordered_card: bool = False
    wrong_total: bool = False
    wrong_statement: bool = False
    keys_kept: bool = False
    wrong_receipt: Literal["", "count", "hash"] = ""
    flaw: Flaw = ""
    return_files: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class Faults:
    """All switches of one sandbox and the seed they are decided by."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._set: dict[str, Switches] = {}

    def put(self, switches: Switches) -> None:
        """Set a partner's switches in place of those it had."""
        self._set[switches.partner] = switches

    def clear(self) -> None:
        """Let every partner behave again."""
        self._set.clear()

    def shown(self) -> dict[str, Switches]:
        """Give what is set, by partner."""
        return dict(self._set)

    def of(self, partner: str) -> Switches:
        """Give the switches that hold for a partner: `bank:<code>` goes before `bank`."""
        general = partner.partition(":")[0]
        return self._set.get(partner) or self._set.get(general) or Switches(partner)

    def hits(self, partner: str, fault: str, key: str) -> bool:
        """Whether a partner's fault of that name strikes the thing with that key."""
        wanted: float = getattr(self.of(partner), fault)
        return wanted > 0 and chance.share(self.seed, partner, fault, key) < wanted
