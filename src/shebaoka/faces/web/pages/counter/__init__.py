"""The counter of a community centre, a bank's outlet or the card centre: find, take in, hand over, keep stock."""

from shebaoka.faces.web.pages.counter import (
    applications,
    cards,
    finding,
    handing_over,
    instant,
    instant_writing,
    intake,
    photos,
    queue,
    reading,
    stock,
)
from shebaoka.faces.web.visiting import Menu

HANDLERS = (
    *finding.HANDLERS, *intake.HANDLERS, *cards.HANDLERS, *applications.HANDLERS, *photos.HANDLERS,
    *handing_over.HANDLERS, *instant.HANDLERS, *instant_writing.HANDLERS, *queue.HANDLERS, *stock.HANDLERS, *reading.HANDLERS,
)  # fmt: skip
MENU = (
    Menu("/staff/counter", "窗口", "Counter", "application.apply"),
    Menu("/staff/counter/queue", "本窗口待办", "Work queue", "application.apply"),
    Menu("/staff/counter/instant", "即时补换", "Cards on the spot", "instant.issue"),
    Menu("/staff/counter/stock", "空白卡", "Blank cards", "stock.keep"),
)
