"""WeChat, as an official account meets it: signs and seals what people write, sends it up to three times, gives access tokens, takes menus.

Written from WeChat's documentation, and from nothing of the product: the two meet only over HTTP.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import struct
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from itertools import count
from typing import Annotated, Any, Final

import httpx
import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shebaoka_sandbox.desk import Desks

WECHAT: Final = "wechat"
APP_ID: Final = "wx0000000000000001"
ORIGINAL_ID: Final = "gh_000000000001"
TRIES: Final = 3
PATIENCE_SECONDS: Final = 5.0
TOKEN_SECONDS: Final = 7200
COLUMNS_MAX, ITEMS_MAX, NAME_BYTES_MAX, ITEM_BYTES_MAX = 3, 5, 16, 60
PADDED_TO: Final = 32
CDATA: Final = re.compile(r"<(\w+)><!\[CDATA\[(.*?)\]\]></\1>", re.DOTALL)


class Said(msgspec.Struct, frozen=True):
    """What somebody does in the chat: writes a text, or taps (`event` and `key`), or sends something else (`kind`)."""

    text: str = ""
    event: str = ""
    key: str = ""
    kind: str = "text"
    person: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,40}$")] = "somebody"


class Sending(msgspec.Struct, frozen=True):
    """What is to be sent to an account's address."""

    to: str
    messages: Annotated[list[Said], msgspec.Meta(min_length=1, max_length=100)]


class Try(msgspec.Struct, frozen=True):
    """One try to send a message: the status that came back (0: nothing in time), and the reply that the person would see."""

    status: int
    reply: str


class Sent(msgspec.Struct, frozen=True):
    """What became of a message. `reply`: what the person sees, from the first try that was answered."""

    message_id: str
    tries: list[Try]
    reply: str


class Account(msgspec.Struct, frozen=True):
    """What the account's owner is shown by WeChat, and enters on the other side."""

    app_id: str
    secret: str
    token: str
    aes_key: str


class WeChat:
    """One account and its people."""

    def __init__(self, desks: Desks, secret: str) -> None:
        self._desks = desks
        seed = sha256(f"wechat {secret}".encode())
        self.account = Account(
            APP_ID,
            secret,
            seed.hexdigest()[:32],
            b64encode(sha256(seed.digest()).digest()).decode().rstrip("="),
        )
        self._tokens: set[str] = set()
        self._ended = 0
        self._menu: dict[str, Any] | None = None
        self._numbers = count(time.time_ns() // 1000)

    def enter(self, desk: str) -> None:
        """Count a call, or decline it when WeChat is down."""
        self._desks.enter(WECHAT, f"{WECHAT}:{desk}")

    def give_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Give an access token (`getStableAccessToken`): the same one until it ends."""
        if asked.get("grant_type") != "client_credential":
            return _wrong(40002, "invalid grant_type")
        if asked.get("appid") != APP_ID:
            return _wrong(40013, "invalid appid")
        if asked.get("secret") != self.account.secret:
            return _wrong(40125, "invalid appsecret")
        if not self._tokens:
            self._tokens = {secrets.token_urlsafe(48)}
        return {"access_token": next(iter(self._tokens)), "expires_in": TOKEN_SECONDS}

    def take_menu(self, token: str, menu: dict[str, Any]) -> dict[str, Any]:
        """Take a menu, or say what is wrong with it."""
        refused = self._refused(token) or _menu_wrong(menu)
        if refused is None:
            self._menu = menu
        return refused or {"errcode": 0, "errmsg": "ok"}

    def show_menu(self, token: str) -> dict[str, Any]:
        """Give the menu."""
        refused = self._refused(token)
        if refused is not None:
            return refused
        return {"menu": self._menu} if self._menu else _wrong(46003, "menu no exist")

    def _refused(self, token: str) -> dict[str, Any] | None:
        if token not in self._tokens:
            return _wrong(40001, "invalid credential, access_token is invalid or not latest")
        if self._desks.faults.of(WECHAT).flaw == "expired" and not self._ended:
            self._ended += 1
            self._tokens.clear()
            return _wrong(42001, "access_token expired")
        return None

    async def send(self, sending: Sending) -> list[Sent]:
        """Send messages, one after the other; out of order when that is switched on. Gives what became of each, as they were sent."""
        switches = self._desks.faults.of(WECHAT)
        written = [(one, str(next(self._numbers))) for one in sending.messages]
        if switches.reorder:
            written.reverse()
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            return [await self._deliver(client, sending.to, one, number) for one, number in written]

    async def _deliver(self, client: httpx.AsyncClient, to: str, said: Said, number: str) -> Sent:
        """Send one message as WeChat does: again when no answer comes in five seconds, three times in all."""
        letter = _Letter(self.account, said, number, int(time.time()))
        tries: list[Try] = []
        wanted = TRIES if self._desks.faults.hits(WECHAT, "duplicate", number) else 1
        while len(tries) < TRIES and not len([one for one in tries if one.status]) >= wanted:
            # Every other repetition comes word for word, the others signed anew.
            tries.append(await self._try(client, to, letter, again=len(tries) == 1))
        seen = next((one.reply for one in tries if one.status), "")
        return Sent(number, tries, seen)

    async def _try(self, client: httpx.AsyncClient, to: str, letter: _Letter, *, again: bool) -> Try:
        switches = self._desks.faults.of(WECHAT)
        if not again or letter.last is None:
            letter.last = letter.signed(switches.flaw)
        query, body = letter.last
        await asyncio.sleep(switches.delay_ms / 1000)
        try:
            answer = await client.post(to, params=query, content=body, headers={"content-type": "text/xml"})
        except httpx.TransportError:
            return Try(0, "")
        return Try(answer.status_code, letter.read(answer.text) if answer.is_success else "")


@dataclass(slots=True)
class _Letter:
    """One message, ready to be signed and sealed as often as it is sent."""

    account: Account
    said: Said
    number: str
    at: int
    last: tuple[dict[str, str], bytes] | None = field(default=None)

    def signed(self, flaw: str) -> tuple[dict[str, str], bytes]:
        """Give query and body, with what a switched-on flaw makes of them."""
        now = int(time.time()) - (3600 if flaw == "stale" else 0)
        at, nonce = str(now), str(secrets.randbelow(10**10))
        query = {
            "signature": self._sign(at, nonce),
            "timestamp": at,
            "nonce": nonce,
            "openid": self.said.person,
        }
        if flaw == "signature":
            query["signature"] = "0" * 40
        if flaw == "plain":
            return query, self._document().encode()
        app_id = "wx0000000000000002" if flaw == "account" else self.account.app_id
        sealed = self._seal(self._document(), app_id)
        query |= {"encrypt_type": "aes", "msg_signature": self._sign(at, nonce, sealed)}
        if flaw == "forged":
            sealed = self._seal(self._document().replace("text", "voice"), app_id)
        return query, f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()  # fmt: skip

    def read(self, answer: str) -> str:
        """Give the text of a reply, which must be sealed for this account and addressed to the person; ValueError."""
        if answer in ("", "success"):
            return ""
        outer: dict[str, str] = dict(CDATA.findall(answer))
        if "Encrypt" in outer:
            signed = self._sign(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
            if signed != outer["MsgSignature"]:
                raise ValueError("the reply's signature is wrong")
            outer = dict(CDATA.findall(self._open(outer["Encrypt"])))
        if (outer["ToUserName"], outer["FromUserName"]) != (self.said.person, ORIGINAL_ID):
            raise ValueError("the reply goes to somebody else")
        return outer["Content"]

    def _document(self) -> str:
        said = self.said
        parts = {"ToUserName": ORIGINAL_ID, "FromUserName": said.person, "CreateTime": str(self.at)}
        if said.event:
            parts |= {"MsgType": "event", "Event": said.event, "EventKey": said.key}
        else:
            parts |= {"MsgType": said.kind, "Content": said.text, "MsgId": self.number}
        inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in parts.items())
        return f"<xml>{inner}</xml>"

    def _sign(self, *words: str) -> str:
        ordered = sorted([self.account.token, *words])
        return sha1("".join(ordered).encode(), usedforsecurity=False).hexdigest()

    def _seal(self, text: str, app_id: str) -> str:
        content = text.encode()
        data = os.urandom(16) + struct.pack(">I", len(content)) + content + app_id.encode()
        missing = PADDED_TO - len(data) % PADDED_TO
        sealing = self._cipher().encryptor()
        done: bytes = sealing.update(data + bytes([missing]) * missing) + sealing.finalize()
        return b64encode(done).decode()

    def _open(self, sealed: str) -> str:
        opening = self._cipher().decryptor()
        data: bytes = opening.update(b64decode(sealed)) + opening.finalize()
        (length,) = struct.unpack(">I", data[16:20])
        if data[20 + length : -data[-1]].decode() != self.account.app_id:
            raise ValueError("the reply is sealed for another account")
        return data[20 : 20 + length].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = b64decode(self.account.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _menu_wrong(menu: dict[str, Any]) -> dict[str, Any] | None:
    """Say what is wrong with a menu, as WeChat's return codes do."""
    columns = menu.get("button", [])
    if not 1 <= len(columns) <= COLUMNS_MAX:
        return _wrong(40016, "invalid button size")
    for column in columns:
        items = column.get("sub_button", [])
        if len(items) > ITEMS_MAX:
            return _wrong(40023, "invalid sub button size")
        names = [(column["name"], NAME_BYTES_MAX), *((one["name"], ITEM_BYTES_MAX) for one in items)]
        if any(len(name.encode()) > most for name, most in names):
            return _wrong(40018, "invalid button name size")
    return None


def _wrong(code: int, message: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}
