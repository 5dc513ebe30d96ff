"""A hospital's system that speaks Shanghai's fifth-phase messages."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from tests.benefits.settlement.clinic_town import old_number
from tests.faces.terminals.hospital import Hospital

from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.kit.clock import SHANGHAI

PATH = "/terminals/shanghai"
SINCE = date(2018, 1, 1)
FEE, DRUG, SHARED, OWN, DEAR = "GHZL01", "XY0001", "XY0002", "ZF0001", "CL0001"
CATALOGUE = [
    Listed(FEE, SINCE, "普通门诊诊疗费", "full", "11"), Listed(DRUG, SINCE, "甲类药", "full", "09"),
    Listed(SHARED, SINCE, "乙类药", "shared", "09", None, 10), Listed(OWN, SINCE, "自费敷料", "own", "08"),
    Listed(DEAR, SINCE, "限价材料", "full", "08", Decimal(40)),
]  # fmt: skip


def card(n: int, **more: Any) -> dict[str, Any]:
    return {"cardtype": "1", "carddata": old_number(n)} | more


def line(xh: int, code: str, yuan: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"xh": str(xh), "mxxmbm": code, "mxxmsl": count, "mxxmje": Decimal(yuan)} | more


class ShanghaiHospital(Hospital):
    """As any hospital, with another envelope."""

    def msgid(self) -> str:
        at = self.clock.now().astimezone(SHANGHAI)
        return f"{self.code:0<11}{at:%Y%m%d}{next(self.serial):09}"

    def wrapped(self, code: str, content: Any, msgid: str | None = None, **changed: Any) -> dict[str, Any]:
        at = self.clock.now().astimezone(SHANGHAI)
        given = {
            "jysj": f"{at:%Y-%m-%d %H:%M:%S}", "xxlxm": code, "xxfhm": "", "fhxx": "", "bbh": "1.0",
            "msgid": msgid or self.msgid(), "xzqhdm": "310000", "jgdm": self.code,
            "czybm": "0001", "czyxm": "操作员", "xxnr": content, "jyqd": "10", "jyyzm": "", "zdjbhs": "T1",
        } | changed  # fmt: skip
        return {name: value for name, value in given.items() if value is not None}

    async def ask(self, code: str, content: Any, msgid: str | None = None, **changed: Any) -> dict[str, Any]:
        """Send a message and give its answer, whatever it says."""
        body = json.dumps(self.wrapped(code, content, msgid, **changed), ensure_ascii=False, default=float)
        answer = await self.http.post(PATH, content=body.encode(), headers=self.headers())
        assert answer.status_code == 200, answer.text
        document = json.loads(answer.text, parse_float=Decimal)
        assert document["xxfhm"] in ("P001", "-1")
        assert (document["fhxx"] == "") == (document["xxfhm"] == "P001")
        assert len(document["fhxx"]) <= 200
        return document

    async def did(self, code: str, content: Any, msgid: str | None = None, **changed: Any) -> dict[str, Any]:
        """Send a message that is done, and give its content."""
        document = await self.ask(code, content, msgid, **changed)
        assert document["xxfhm"] == "P001", document["fhxx"]
        return document["xxnr"]

    async def not_done(self, code: str, content: Any, msgid: str | None = None, **changed: Any) -> str:
        """Send a message that is refused, and give the sentence."""
        document = await self.ask(code, content, msgid, **changed)
        assert document["xxfhm"] == "-1", document
        assert document["xxnr"] == {}
        return document["fhxx"]

    async def bill(self, n: int, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Send lines, and give the bill as a settlement names it."""
        total = sum(one["mxxmje"] for one in lines)
        told = await self.did("SN01", card(n, bcmxylfyze=total, mxxms=list(lines)) | more)
        scope = sum(one["mxxmybjsfwfy"] for one in told["mxxms"])
        return {
            "mxzdh": told["mxzdh"], "totalexpense": sum(one["mxxmjyfy"] for one in told["mxxms"]), "ybjsfwfyze": scope,
            "fybjsfwfyze": total - scope,
        }  # fmt: skip
