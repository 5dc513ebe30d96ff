"""Everything that writes about care in another province."""

from shebaoka.benefits.cross_province.commands.exchanging import ask_now, exchange_due, note_guests_reversed
from shebaoka.benefits.cross_province.commands.hosting import admit, claim
from shebaoka.benefits.cross_province.commands.registering import register, withdraw
from shebaoka.benefits.cross_province.commands.serving import quote_away, settle_away, take_back_away

__all__ = [
    "admit",
    "ask_now",
    "claim",
    "exchange_due",
    "note_guests_reversed",
    "quote_away",
    "register",
    "settle_away",
    "take_back_away",
    "withdraw",
]
