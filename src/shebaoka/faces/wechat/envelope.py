"""Messages and replies as WeChat writes them: small, flat XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

NEEDED: Final = ("ToUserName", "FromUserName", "CreateTime", "MsgType")


class Unreadable(Exception):  # noqa: N818 - named for the fact
    """The body is no message of WeChat's."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote or tapped. `who` is their number for this account alone; nothing here is logged or kept."""

    account: str
    who: str = field(repr=False)
    kind: str
    text: str = field(repr=False)
    event: str
    key: str
    number: str = field(repr=False)
    """The same each time that WeChat sends the same message."""


def fields(body: bytes) -> dict[str, str]:
    """Read a document; Unreadable. Neither DTDs nor entities are read, so nothing in it grows or reaches out."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable(type(error).__name__) from None
    return {child.tag: child.text or "" for child in root}


def message(said: dict[str, str]) -> Message:
    """Give the message of a document; Unreadable."""
    if any(not said.get(name) for name in NEEDED):
        raise Unreadable("a field is missing")
    event, key = said.get("Event", ""), said.get("EventKey", "")
    # An event has no number of its own (WeChat's documentation, “接收事件推送”).
    told = said.get("MsgId") or " ".join((said["FromUserName"], said["CreateTime"], event, key))
    return Message(
        said["ToUserName"], said["FromUserName"], said["MsgType"], said.get("Content", ""), event, key, told
    )


def reply(to: Message, text: str, at: int) -> bytes:
    """Write an answer to a message. `at`: seconds since 1970."""
    return _document(
        ToUserName=to.who, FromUserName=to.account, CreateTime=str(at), MsgType="text", Content=text
    )


def sealed(encrypted: str, signature: str, at: str, nonce: str) -> bytes:
    """Write a sealed answer."""
    return _document(Encrypt=encrypted, MsgSignature=signature, TimeStamp=at, Nonce=nonce)


def _document(**parts: str) -> bytes:
    inner = "".join(f"<{name}>{_quoted(value)}</{name}>" for name, value in parts.items())
    return f"<xml>{inner}</xml>".encode()


def _quoted(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
