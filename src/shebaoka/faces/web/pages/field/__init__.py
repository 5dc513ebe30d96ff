"""The app that staff take along: it stays on the device, works without a network, and brings what it captured when there is one."""

from typing import Final

from shebaoka.faces.web.pages.field import data, shell

HANDLERS: Final = (*shell.HANDLERS, *data.HANDLERS)
