"""Everything that writes here."""

from shebaoka.service.credential.commands.asking import ask
from shebaoka.service.credential.commands.checking import challenge, check
from shebaoka.service.credential.commands.consenting import give_code
from shebaoka.service.credential.commands.forgetting import forget_due
from shebaoka.service.credential.commands.proving import issue, prove
from shebaoka.service.credential.commands.registering import register, withdraw
from shebaoka.service.credential.commands.showing import check_ecard, show_ecard

__all__ = [
    "ask",
    "challenge",
    "check",
    "check_ecard",
    "forget_due",
    "give_code",
    "issue",
    "prove",
    "register",
    "show_ecard",
    "withdraw",
]
