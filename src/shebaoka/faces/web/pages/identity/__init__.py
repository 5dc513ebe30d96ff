"""The card as an identity credential: a relying party's desk, and for what institutions are registered."""

from shebaoka.faces.web.pages.identity import asking, parties
from shebaoka.faces.web.visiting import Menu

MENU = (
    Menu("/staff/identity", "身份核验", "Identity", "identity.ask"),
    Menu("/staff/relying-parties", "核验机构", "Relying parties", "relying.register"),
)
HANDLERS = (*asking.HANDLERS, *parties.HANDLERS)
