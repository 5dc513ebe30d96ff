"""Lists as employers, schools and the card centre hand them in, and what became of every row."""

from shebaoka.faces.web.pages.lists import handing_in, looking
from shebaoka.faces.web.visiting import Menu

HANDLERS = (*handing_in.HANDLERS, *looking.HANDLERS)
MENU = (Menu("/staff/lists", "名单", "Lists", "list.submit"),)
