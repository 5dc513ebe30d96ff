"""A hospital's system as the kit plays it: it signs, sends, reads answers by their field tables, and keeps what went over."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

import httpx
from msgspec import structs

from shebaoka.faces.terminals.conformance.model import Check, Exchange, Given, System, Visitor
from shebaoka.faces.terminals.national.declared import ALIKE, MESSAGES
from shebaoka.kit.clock import SHANGHAI
from shebaoka.records.messages.layouts import read
from shebaoka.registry.senders import signing

OK: Final = 200
SERIALS: Final = 10_000
Document = dict[str, Any]


class Failed(Exception):  # noqa: N818 - named for the fact
    """Something does not hold; the order that it belongs to ends here."""


class Writer:
    """Writes and signs messages of one system.

    `path`: where messages go, `kind`: the field that says which message it is.
    """

    path = "/terminals/national"
    kind = "infno"

    def __init__(self, given: Given, system: System) -> None:
        self.given, self.system = given, system
        self.sign_no, self.insured_place = "", given.division
        self._serial = count(secrets.randbelow(SERIALS))

    def msgid(self) -> str:
        """Give a number for a new message."""
        return f"{self.system.code:0<12.12}{datetime.now(SHANGHAI):%Y%m%d%H%M%S}{next(self._serial) % SERIALS:04}"

    def headers(self, at: int | None = None, nonce: str | None = None) -> dict[str, str]:
        """Sign what is sent now."""
        moment = int(time.time()) if at is None else at
        return signing.sign(self.system.paasid, self.system.secret.encode(), moment, nonce or secrets.token_hex(8)).headers()  # fmt: skip

    def message(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> Document:
        """Give a message; a change to None leaves the field out."""
        now = datetime.now(SHANGHAI)
        whole = {
            "infno": infno, "msgid": msgid or self.msgid(), "mdtrtarea_admvs": self.given.division,
            "insuplc_admdvs": self.insured_place, "recer_sys_code": "YBXT", "infver": "V1.0", "opter_type": "1", "opter": "0001",
            "opter_name": "联调", "inf_time": f"{now:%Y-%m-%d %H:%M:%S}", "fixmedins_code": self.system.code,
            "fixmedins_name": self.system.name, "sign_no": self.sign_no or None, "input": content,
        } | changed  # fmt: skip
        return {name: value for name, value in whole.items() if value is not None}


class Caller(Writer):
    """Sends what it writes. `checks`: all that was found so far, of all systems of the run."""

    def __init__(self, http: httpx.Client, given: Given, system: System, checks: list[Check]) -> None:
        super().__init__(given, system)
        self.http, self.checks = http, checks

    def of(self, guest: Visitor) -> Caller:
        """Give the same system as it sends for somebody of another province."""
        one = Caller(self.http, structs.replace(self.given, patient=guest), self.system, self.checks)
        one.sign_no, one.insured_place, one._serial = self.sign_no, guest.place, self._serial
        return one

    def post(self, message: Any, headers: Mapping[str, str] | None = None) -> Exchange:
        """Send a message, and keep it with what came back."""
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        answer = self.http.post(self.path, content=body, headers=headers or self.headers())
        try:
            received = json.loads(answer.content, parse_float=Decimal)
        except ValueError:
            received = None
        infno = message[self.kind] if isinstance(message, dict) else "-"
        shown = message if isinstance(message, dict) else body.decode(errors="replace")
        exchange = Exchange(infno, shown, answer.status_code, received)
        self.checks[-1].exchanges.append(exchange)
        return exchange

    def send(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> Document:
        """Send a message and give its answer, infcode 0 or -1. Raises Failed for anything else."""
        exchange = self.post(self.message(infno, content, msgid, **changed))
        document = exchange.received
        if exchange.status != OK or not isinstance(document, dict) or document.get("infcode") not in (0, -1):
            raise Failed(f"{infno}: HTTP {exchange.status}")
        if (document.get("err_msg") or "") == "" and document["infcode"] != 0:
            raise Failed(f"{infno}: infcode -1 而没有 err_msg · without a sentence")
        return document

    def done(self, infno: str, content: Any, msgid: str | None = None) -> Document:
        """Send a message that must be done, and give its output, as its field table reads it."""
        document = self.send(infno, content, msgid)
        if document["infcode"] != 0:
            raise Failed(f"{infno}: {document['err_msg']}")
        output: Document = document["output"]
        _, faults = read(MESSAGES[ALIKE.get(infno, infno)].answers, output)
        if faults:
            raise Failed(
                f"{infno}: 应答与字段表不符 · the answer does not fit its table: {faults[0].sentence}"
            )
        return output

    def refused(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> str:
        """Send a message that must be refused, and give the sentence."""
        document = self.send(infno, content, msgid, **changed)
        if document["infcode"] != -1:
            raise Failed(f"{infno}: 应拒绝而未拒绝 · was done and should have been refused")
        return str(document["err_msg"])

    @contextmanager
    def check(self, order: str, name: str, zh: str, en: str) -> Iterator[None]:
        """Hold one thing; what it raises is what failed, and ends its order."""
        one = Check(order, name, zh, en)
        self.checks.append(one)
        try:
            yield
        except (Failed, httpx.HTTPError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            one.passed = False
            one.detail = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
            raise Failed(one.detail) from error


def must(holds: bool, detail: str) -> None:
    """Raise Failed where something does not hold."""
    if not holds:
        raise Failed(detail)
