"""Everything that writes sessions at a counter."""

from shebaoka.issuing.instant.commands.banking import account_question, take_account
from shebaoka.issuing.instant.commands.beginning import begin, bring_photo
from shebaoka.issuing.instant.commands.ending import end_for_death, give_up, send_on, settle_due
from shebaoka.issuing.instant.commands.handing import hand_over, open_card
from shebaoka.issuing.instant.commands.making import make, put_back, spoil, take_blank
from shebaoka.issuing.instant.commands.writing import order_chip

__all__ = [
    "account_question",
    "begin",
    "bring_photo",
    "end_for_death",
    "give_up",
    "hand_over",
    "make",
    "open_card",
    "order_chip",
    "put_back",
    "send_on",
    "settle_due",
    "spoil",
    "take_account",
    "take_blank",
]
