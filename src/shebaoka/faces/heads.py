"""HTTP as the server reads it, with an end to what comes before and after bodies; bodies have limits of their own."""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX: Final = 256 * 1024
"""No less than what is read from a socket at once, so that requests sent one behind the other are never taken for one."""


class BoundedHeads(HttpToolsProtocol):
    """Hangs up on whoever sends a head, or trailers, without an end.

    The parser keeps all of it, and copies it with every piece that comes: a stranger's one request would hold up everybody.
    """

    _unread = 0
    _moved = False

    def data_received(self, data: bytes) -> None:
        """Read on, as long as it leads to something."""
        self._moved = False
        super().data_received(data)
        self._unread = 0 if self._moved else self._unread + len(data)
        if self._unread > HEAD_BYTES_MAX and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def on_headers_complete(self) -> None:
        """Note that a head has ended."""
        self._moved = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a body goes on."""
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request has ended."""
        self._moved = True
        super().on_message_complete()
