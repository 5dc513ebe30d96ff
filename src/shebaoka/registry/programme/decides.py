"""What every rule set's decision is made of. Pure."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1)]


class Decides(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule decides; each rule set has its own."""
