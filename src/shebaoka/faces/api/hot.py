"""For the hot route: a body read and an answer written without the framework's detours, documented all the same."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.types import Receive, Scope, Send

from shebaoka.faces.api.rendering import NO_JSON, RequestTooLarge, malformed

T = TypeVar("T")
_AT: Final = " - at `$."


class Ready:
    """An answer that is written already: an ASGI application that sends it."""

    __slots__ = ("body",)

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the shape of ASGI
        """Send it."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


async def read_body(request: Request[Any, Any, Any], bytes_max: int) -> bytes:
    """Read a small body. Nearly always it comes in one message, and needs no stream."""
    event: Any = await request.receive()
    body: bytes = event.get("body", b"")
    while event.get("more_body") and len(body) <= bytes_max:
        event = await request.receive()
        body += event.get("body", b"")
    if len(body) > bytes_max:
        raise RequestTooLarge
    return body


def read_json(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Read a body; RequestMalformed names the field that is wrong, never its value."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        message, _, field = str(error).partition(_AT)
        raise malformed(field.rstrip("`"), message) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed("", NO_JSON) from None


class Inline(Schema):
    """A schema that is written already."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__()
        self.document = document

    def to_schema(self) -> dict[str, Any]:
        """Give the document."""
        return self.document


def asking(question: type[Any]) -> type[Operation]:
    """Give what documents the body of a route that reads it by itself; `question` names no other struct."""
    _, parts = msgspec.json.schema_components([question])
    body = RequestBody(
        content={"application/json": OpenAPIMediaType(schema=Inline(parts[question.__name__]))}, required=True
    )

    class Asking(Operation):
        def __init__(self, **told: Any) -> None:
            # Not __post_init__: the parent is a dataclass and calls it only where it had one itself.
            super().__init__(**told | {"request_body": body})

    return Asking
