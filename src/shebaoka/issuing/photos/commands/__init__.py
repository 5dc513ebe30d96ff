"""Everything that writes photos."""

from shebaoka.issuing.photos.commands.bringing import Brought, bring, check_picture, swap
from shebaoka.issuing.photos.commands.consenting import state_consent, state_with_application
from shebaoka.issuing.photos.commands.fetching import Fetched, fetch_due, use_held
from shebaoka.issuing.photos.commands.rejecting import destroy_due, reject

__all__ = [
    "Brought",
    "Fetched",
    "bring",
    "check_picture",
    "destroy_due",
    "fetch_due",
    "reject",
    "state_consent",
    "state_with_application",
    "swap",
    "use_held",
]
