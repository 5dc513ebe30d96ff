"""A hospital's system: it signs, signs in and sends, to a town behind the interface or to a server."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from itertools import count
from typing import Any

import httpx

from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.senders import signing

PATH = "/terminals/national"


class Hospital:
    """One institution's system. `clock`: the city's, which the message's time is held against."""

    def __init__(self, http: httpx.AsyncClient, clock: Any, paasid: str, secret: str, code: str) -> None:
        self.http, self.clock = http, clock
        self.paasid, self.secret, self.code = paasid, secret.encode(), code
        self.sign_no: str | None = None
        self.serial = count(1)

    def headers(self, **changed: str) -> dict[str, str]:
        at = int(self.clock.now().timestamp())
        signed = signing.sign(self.paasid, self.secret, at, secrets.token_hex(8))
        return signed.headers() | changed

    def msgid(self) -> str:
        at: datetime = self.clock.now().astimezone(SHANGHAI)
        return f"{self.code:0<12}{at:%Y%m%d%H%M%S}{next(self.serial):04}"

    def envelope(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> dict[str, Any]:
        """Give a message; a change to None leaves the field out."""
        at = self.clock.now().astimezone(SHANGHAI)
        given = {
            "infno": infno, "msgid": msgid or self.msgid(), "mdtrtarea_admvs": "310000", "insuplc_admdvs": "310000",
            "recer_sys_code": "YBXT", "infver": "V1.0", "opter_type": "1", "opter": "0001", "opter_name": "操作员",
            "inf_time": f"{at:%Y-%m-%d %H:%M:%S}", "fixmedins_code": self.code, "fixmedins_name": "测试医院",
            "sign_no": self.sign_no, "input": content,
        } | changed  # fmt: skip
        return {name: value for name, value in given.items() if value is not None}

    async def post(self, message: Any, **headers: str) -> httpx.Response:
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        return await self.http.post(PATH, content=body, headers=self.headers(**headers))

    async def send(
        self, infno: str, content: Any, msgid: str | None = None, **changed: Any
    ) -> dict[str, Any]:
        """Send a message and give its answer, whatever it says."""
        answer = await self.post(self.envelope(infno, content, msgid, **changed))
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert document["infcode"] in (0, -1)
        assert (document["err_msg"] == "") == (document["infcode"] == 0)
        assert len(document["err_msg"]) <= 200
        return document

    async def done(
        self, infno: str, content: Any, msgid: str | None = None, **changed: Any
    ) -> dict[str, Any]:
        """Send a message that is done, and give its output."""
        document = await self.send(infno, content, msgid, **changed)
        assert document["infcode"] == 0, document["err_msg"]
        return document["output"]

    async def refused(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> str:
        """Send a message that is refused, and give the sentence."""
        document = await self.send(infno, content, msgid, **changed)
        assert document["infcode"] == -1, document
        return document["err_msg"]

    async def sign_in(self) -> str:
        told = await self.done("9001", {"signIn": {"opter_no": "0001", "ip": "10.0.0.1"}})
        self.sign_no = told["signinoutb"]["sign_no"]
        return self.sign_no
