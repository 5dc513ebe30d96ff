"""A small town of invented people, and shorthand for what tests do in it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import xlsxwriter
from tests.sandbox.sandbox_driver import lay_keys

from shebaoka.issuing.applications.model import ApplyRequest, Channel
from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner
from shebaoka.records.id_number import with_check_character
from shebaoka.records.uscc import invented
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people.commands import tie_guardians, upsert_many
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.people.views import find_many
from shebaoka.registry.programme.commands import load_rules
from shebaoka.service.readiness.commands import take_over

TOKEN = "token-of-the-tests"
DISTRICTS = "code,name_zh,name_en\n310101,黄浦区,Huangpu\n"
INSTITUTIONS = f"""code,kind,name_zh,name_en,parent,district,uscc,live_from
CENTRE,card_centre,市民卡中心,Card Centre,,310101,,2018-01-01
BOSC,bank,上海银行,Bank of Shanghai,,,,2018-01-01
ICBC,bank,中国工商银行上海分行,ICBC Shanghai,,,,2018-01-01
CCB,bank,中国建设银行上海分行,CCB Shanghai,,,,2018-01-01
LATE,bank,未上线银行,Late Bank,,,,2030-01-01
ICBC0001,bank_outlet,工行一支行,ICBC One,ICBC,310101,,2018-01-01
CCB00001,bank_outlet,建行一支行,CCB One,CCB,310101,,2018-01-01
C310101002,community_centre,示例社区中心,Community Centre,,310101,,2018-01-01
C310101003,community_centre,未上线社区中心,Late Centre,,310101,,2030-01-01
ONLINE01,online_platform,网上平台,Online,,,,2018-01-01
FIRM,employer,甲公司,Firm,,310101,{invented(1)},
SHOP,employer,乙商店,Shop,,310101,{invented(2)},
WORKS,employer,丙工厂,Works,,310101,{invented(3)},
0310101001,school,示例小学,School,,310101,,
"""
PAYROLL_BANKS = """employer,rank,bank_code,bank_name
FIRM,1,ICBC,中国工商银行
FIRM,2,,某外地银行
SHOP,1,ICBC,中国工商银行
SHOP,2,CCB,中国建设银行
WORKS,1,,某外地银行
"""
CENTRE, OUTLET = "C310101002", "C310101002"


def id_number(serial: int, born: date = date(1980, 1, 1)) -> str:
    """Give the ID number of an invented person: no place has a code that begins with 10."""
    day = born + timedelta(days=serial // 1000)
    return with_check_character(f"100101{day:%Y%m%d}{serial % 1000:03d}")


def person(serial: int, **more: Any) -> PersonRow:
    """Give what the register says about an invented adult."""
    born = more.pop("born", date(1980, 1, 1))
    number = id_number(serial, born)
    given: dict[str, Any] = {
        "id_number": number, "name": name(serial), "mobile": f"154{serial:08d}",
        "address": f"黄浦区虚构路{serial}号", "sex": "male" if int(number[16]) % 2 else "female",
        "birth_date": born + timedelta(days=serial // 1000), "hukou": True, "district_code": "310101",
        "insured": "employee", "insured_status": "active",
    }  # fmt: skip
    return PersonRow(**given | more)


def name(serial: int) -> str:
    """Give an invented name, without digits."""
    letters = "甲乙丙丁戊己庚辛壬癸"
    return "虚" + "".join(letters[int(digit)] for digit in str(serial))


def request(row: PersonRow, **more: Any) -> ApplyRequest:
    """Give an application for somebody, at a community centre unless told otherwise."""
    given: dict[str, Any] = {
        "id_number": row.id_number, "name": row.name, "channel": Channel.COMMUNITY_CENTRE, "organisation_id": 5,
        "mobile": "15400000000", "address": "黄浦区虚构路1号", "fallback_outlet": OUTLET, "bank": "BOSC",
    }  # fmt: skip
    return ApplyRequest(**given | more)


ROLE_AT = {
    "card_centre": "card_centre_operator", "community_centre": "community_clerk", "bank": "bank_system",
    "bank_outlet": "bank_clerk", "employer": "employer_hr", "school": "school_office",
    "online_platform": "online_platform_system",
}  # fmt: skip


@dataclass
class Town:
    """A database with institutions and rules, and its people by serial."""

    database: Database
    clerk: Actor
    places: dict[str, Institution]
    rows: dict[int, PersonRow] = field(default_factory=dict)

    async def settle(self, *rows: PersonRow) -> dict[str, int]:
        """Let people live here; gives person_id by ID number."""
        async with self.database.work(self.clerk) as work:
            await upsert_many(work, rows)
            await tie_guardians(work, rows)
            found = await find_many(work, [row.id_number for row in rows])
        return {number: one.person_id for number, one in found.items()}

    def actor(self, code: str) -> Actor:
        """Give a clerk of an institution."""
        place = self.places[code]
        return Actor("staff:9", place.institution_id, ROLE_AT[place.kind])

    async def rows_of(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Look into the database."""
        async with self.database.work(self.clerk) as work:
            return await work.rows(query, parameters)


async def furnish(database: Database, clerk: Actor, folder: Path) -> Town:
    """Take in institutions and rules."""
    (folder / "districts.csv").write_text(DISTRICTS, "utf-8")
    (folder / "institutions.csv").write_text(INSTITUTIONS, "utf-8")
    (folder / "payroll_banks.csv").write_text(PAYROLL_BANKS, "utf-8")
    async with database.work(clerk) as work:
        await import_institutions(work, folder)
        await take_over(work)
        await load_rules(work)
        everything = await institutions.of_kind(
            work,
            "card_centre",
            "bank",
            "bank_outlet",
            "community_centre",
            "online_platform",
            "employer",
            "school",
        )
    return Town(database, clerk, {one.code: one for one in everything})


class Sandbox:
    """The outside world in a process of its own, and partners that speak to it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.http = httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=300)

    def partner(self, path: str) -> Partner:
        """Give the partner at `register`, `photos` or `banks`."""
        return Partner(path, f"{self.url}/{path}", self.http)

    async def faults(self, partner: str, **switches: Any) -> None:
        """Throw switches."""
        answer = await self.http.put(f"{self.url}/_faults", json={"partner": partner, **switches})
        assert answer.status_code == 200, answer.text

    async def mend(self) -> None:
        """Put all switches back."""
        assert (await self.http.delete(f"{self.url}/_faults")).status_code == 204

    async def end(self) -> None:
        """End the process and wait for it."""
        await self.http.aclose()
        self.process.terminate()
        self.process.communicate(timeout=300)


def started(folder: Path, people: Sequence[str]) -> Sandbox:
    """Start a sandbox that knows these people: lines of world.csv."""
    folder.mkdir()
    head = "id_number,name,deceased,id_card_photo,student_card_photo,home"
    (folder / "world.csv").write_text("\n".join([head, *people]) + "\n", "utf-8")
    lay_keys(folder)
    command = [
        sys.executable, "-m", "shebaoka_sandbox.main", "--port", "0", "--world", str(folder),
        "--state", str(folder / "state"), "--exchange", str(folder / "exchange"), "--bureau-key", str(folder / "bureau.key"),
        "--city-key", str(folder / "city.pub"),
        "--token", TOKEN, "--seed", "7", "--die-with-parent",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return Sandbox(process, json.loads(process.stdout.readline())["url"])


def lives(row: PersonRow, *, deceased: int = 0, id_card: int = 1, student_card: int = 0) -> str:
    """Give the outside world's line about somebody."""
    return f"{row.id_number},{row.name},{deceased},{id_card},{student_card},1"


def workbook(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Write a real .xlsx file; numbers stay numbers."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        # The same content is the same file, whenever it is written.
        book.set_properties({"created": datetime(2019, 1, 1)})  # noqa: DTZ001 - as the library wants it
        sheet = book.add_worksheet("Sheet1")
        for number, cells in enumerate([head, *rows]):
            sheet.write_row(number, 0, cells)
    return target.getvalue()
