"""Everything that writes about care in another province."""

from shebaoka.benefits.cross_province.commands.registering import register, withdraw

__all__ = ["register", "withdraw"]
