"""Everything that writes about care in another province."""

from shebaoka.benefits.cross_province.commands.asking import ask_about, ask_admitting
from shebaoka.benefits.cross_province.commands.clearing import draw_clearings, pay_clearing
from shebaoka.benefits.cross_province.commands.exchanging import ask_now, exchange_due, note_guests_reversed
from shebaoka.benefits.cross_province.commands.hosting import (
    admit,
    check_settled,
    claim,
    guest_province,
    meet,
    place_of,
    stay_of,
    stay_so_far,
)
from shebaoka.benefits.cross_province.commands.reconciling import reconcile, reconcile_due
from shebaoka.benefits.cross_province.commands.registering import register, withdraw
from shebaoka.benefits.cross_province.commands.serving import quote_away, settle_away, take_back_away

__all__ = [
    "admit",
    "ask_about",
    "ask_admitting",
    "ask_now",
    "check_settled",
    "claim",
    "draw_clearings",
    "exchange_due",
    "guest_province",
    "meet",
    "note_guests_reversed",
    "pay_clearing",
    "place_of",
    "quote_away",
    "reconcile",
    "reconcile_due",
    "register",
    "settle_away",
    "stay_of",
    "stay_so_far",
    "take_back_away",
    "withdraw",
]
