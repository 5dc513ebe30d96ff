"""Lists that a town's employers and schools hand in, for the pages of lists."""

from __future__ import annotations

from tests.faces.api_town import FIRM, OUTLET_A, id_number, person

HEAD = "姓名,证件号码,手机号码,邮寄地址,备用网点代码,银行代码"


def row(n: int, **other: str) -> str:
    cells = {
        "name": person(n).name, "id": id_number(n), "mobile": "15400000000", "address": "黄浦区虚构路1号",
        "outlet": "C310101002", "bank": "BOSC",
    }  # fmt: skip
    return ",".join((cells | other).values())


def roster(*rows: str) -> bytes:
    return "\r\n".join([HEAD, *rows]).encode()


async def a_list(web, rest: str = "") -> str:
    """Give the address of a list of two people, of whom one came back; `rest`: of a page of it."""
    await web.town.people(person(1), person(2))
    files = {"file": ("名册.csv", roster(row(1), row(2, mobile="1")))}
    handed = await web.town.post("/api/lists", "employer_hr", FIRM, files=files, data={"kind": "employer"})
    return f"/staff/lists/{handed.json()['list_id']}{rest}"


async def a_collection(web) -> str:
    """Give the address of a collection at the firm, to which two of its people are called today."""
    return f"/staff/collections/{await web.town.collection('BOSC', OUTLET_A, 'FIRM', 1, 2)}"
