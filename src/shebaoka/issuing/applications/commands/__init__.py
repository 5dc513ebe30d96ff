"""Everything that writes applications."""

from shebaoka.issuing.applications.commands.applying import apply, apply_many
from shebaoka.issuing.applications.commands.choosing import (
    bring_photo,
    choose_bank,
    correct_contact,
    find_outlet,
    locked,
    reject_photo,
    send_on,
    set_outlet,
    swap_photo,
    withdraw,
)
from shebaoka.issuing.applications.commands.completing import complete
from shebaoka.issuing.applications.commands.ending import (
    EntitlementEnded,
    end_entitled_no_more,
    end_entitlement,
    end_for_death,
    end_of_dead,
)
from shebaoka.issuing.applications.commands.moving import Also, Key, move_many, move_which
from shebaoka.issuing.applications.commands.verifying import Verified, verify_due

__all__ = [
    "Also",
    "EntitlementEnded",
    "Key",
    "Verified",
    "apply",
    "apply_many",
    "bring_photo",
    "choose_bank",
    "complete",
    "correct_contact",
    "end_entitled_no_more",
    "end_entitlement",
    "end_for_death",
    "end_of_dead",
    "find_outlet",
    "locked",
    "move_many",
    "move_which",
    "reject_photo",
    "send_on",
    "set_outlet",
    "swap_photo",
    "verify_due",
    "withdraw",
]
