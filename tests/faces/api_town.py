"""A small town behind the interface: institutions of every kind, a few people, and callers of every role."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec
import uvicorn
from tests.issuing.photos.pictures import jpeg

from shebaoka.cards.commands import allocate_numbers, open_functions, take_made_cards, take_old_cards
from shebaoka.cards.model import MadeCard, OldCardRow, Opening, Outlet
from shebaoka.chip.ordering import OrderText
from shebaoka.faces.api.app import create_app
from shebaoka.faces.api.watching import Watch
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.model import ApplyRequest, Channel
from shebaoka.issuing.employers.commands import call, set_up
from shebaoka.issuing.employers.model import Slot
from shebaoka.issuing.employers.sheets import COLUMNS
from shebaoka.issuing.photos import store as photo_store
from shebaoka.issuing.photos.model import New, Source
from shebaoka.issuing.stock.commands import count, receive
from shebaoka.issuing.stock.custody import deliver
from shebaoka.issuing.stock.model import Box
from shebaoka.keys.keeping.configured import key_store
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City, Partners
from shebaoka.kit.database import Database
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.partners import PartnerUnavailable
from shebaoka.kit.settings import Settings
from shebaoka.kit.sm import sm3
from shebaoka.records import s10
from shebaoka.records.id_number import with_check_character
from shebaoka.records.uscc import invented
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people.commands import tie_guardians, upsert_many
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.people.views import find
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.roles import ROLES, Holder
from shebaoka.simulation.demo.resetting import mark_demo
from shebaoka.wiring import SUBSCRIPTIONS

CENTRE, BANK_A, BANK_B, OUTLET_A, OUTLET_B = 1, 21, 22, 211, 221
COMMUNITY_A, COMMUNITY_B, FIRM, WORKS, SCHOOL, HOTLINE, ONLINE = 31, 32, 41, 42, 51, 61, 71
KIOSK, HOSPITAL, PHARMACY = 81, 91, 92
HOTEL, LIBRARY, AGENCY = 101, 102, 103
SOCIAL_LINE, MEDICAL_LINE, LINE_A, LINE_B = 62, 63, 64, 65
PLACES = [
    (CENTRE, "CENTRE", "card_centre", None, None),
    (BANK_A, "BOSC", "bank", None, None),
    (BANK_B, "ICBC", "bank", None, None),
    (OUTLET_A, "BOSC0001", "bank_outlet", BANK_A, None),
    (OUTLET_B, "ICBC0001", "bank_outlet", BANK_B, None),
    (COMMUNITY_A, "C310101002", "community_centre", None, None),
    (COMMUNITY_B, "C310101003", "community_centre", None, None),
    (FIRM, "FIRM", "employer", None, invented(1)),
    (WORKS, "WORKS", "employer", None, invented(2)),
    (SCHOOL, "SCHOOL", "school", None, None),
    (HOTLINE, "H962222", "hotline", None, None),
    (SOCIAL_LINE, "H12333", "hotline", None, None),
    (MEDICAL_LINE, "H962218", "hotline", None, None),
    (LINE_A, "LBOSC", "bank_hotline", BANK_A, None),
    (LINE_B, "LICBC", "bank_hotline", BANK_B, None),
    (ONLINE, "ONLINE", "online_platform", None, None),
    (KIOSK, "KIOSK", "kiosk", None, None),
    (HOSPITAL, "HOSPITAL", "hospital", None, None),
    (PHARMACY, "PHARMACY", "pharmacy", None, None),
    (HOTEL, "HOTEL", "hotel", None, None),
    (LIBRARY, "LIBRARY", "library", None, None),
    (AGENCY, "AGENCY", "agency", None, None),
]
SHEET = f"{','.join(COLUMNS)}\r\n1,,,,已采集,身份、同意、签名,\r\n"
"""The sheet of a collection, its first seat filled in."""
AT = {
    "community_clerk": COMMUNITY_A, "bank_clerk": OUTLET_A, "bank_system": BANK_A, "employer_hr": FIRM,
    "employer_system": FIRM, "school_office": SCHOOL, "hotline_agent": HOTLINE, "bank_line_agent": LINE_A, "online_platform_system": ONLINE,
    "kiosk_system": KIOSK, "hospital_system": HOSPITAL, "cashier": HOSPITAL,
    "relying_clerk": HOTEL, "relying_system": HOTEL, "national_hub_system": AGENCY,
}  # fmt: skip
CALLERS = [name for name, role in ROLES.items() if role.holder in (Holder.STAFF, Holder.CLIENT)]
"""Roles that somebody can log in with; all that are not in AT belong to the card centre."""


def id_number(n: int, born: date = date(1980, 1, 1)) -> str:
    return with_check_character(f"100101{born:%Y%m%d}{n:03d}")


def person(n: int, born: date = date(1980, 1, 1), **more: Any) -> PersonRow:
    given: dict[str, Any] = {
        "id_number": id_number(n, born), "name": f"虚{chr(0x4E00 + n)}", "mobile": f"154{n:08d}",
        "address": f"黄浦区虚构路{n}号", "sex": "male" if n % 2 else "female", "birth_date": born, "hukou": True,
        "district_code": None, "insured": "employee", "insured_status": "active", "employer_id": FIRM,
    }  # fmt: skip
    return PersonRow(**given | more)


def replacing(n: int, **more: Any) -> dict[str, Any]:
    """Give what somebody asks for whose card is replaced on the spot."""
    return {
        "id_number": id_number(n), "name": person(n).name, "replacement": "damaged", "mobile": "15400000000",
        "address": "虚构路1号", "id_checked": True,
    } | more  # fmt: skip


HELD_BATCH = (
    (
        "INSERT INTO production_batch (batch_id, status, cards, sent, file_name, file_digest, opened_at, written_at, handed_at)"
        " VALUES (%(b)s, 'held', 1, 1, 'P' || %(b)s || '.zip.sbk2', '\\x01', %(now)s, %(now)s, %(now)s)"
    ),
    (
        "INSERT INTO production_order (person_id, order_id, application_id, batch_id, attempt, status, card_number, bank_id, issued_on,"
        " id_digest, name_digest, bank_digest, chip_digest, updated_at)"
        " VALUES (%(p)s, %(a)s, %(a)s, %(b)s, 1, 'ordered', %(c)s, %(k)s, '2019-01-02', '', '', '', '', %(now)s)"
    ),
    (
        "INSERT INTO batch_custody (batch_id, entry_id, step, at, actor, file_name, cards, digest, note)"
        " SELECT %(b)s, %(b)s + n, step, %(now)s, 'bureau', 'A' || %(b)s || '.csv.sbk2', 2 - n, '\\x0a0b', note"
        " FROM (VALUES (1, 'taken', ''), (2, 'held', '张数 0 ≠ 1')) AS steps(n, step, note)"
    ),
    (
        "INSERT INTO card_key_hand_out (batch_id, algorithm, version, status, cards, recipient, package, handed_at, due_on)"
        " VALUES (%(b)s, 3, 1, 'outstanding', 1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), %(now)s,"
        " '2019-01-20')"
    ),
)


class Silent:
    """A partner that does not answer."""

    async def post(self, path: str, document: Any) -> None:
        raise PartnerUnavailable(path)


@dataclass
class Town:
    """The town, and how tests reach it."""

    city: City
    http: httpx.AsyncClient
    app: Any
    tokens: dict[tuple[str, int], str] = field(default_factory=dict)
    letting_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    keys: Any = field(default_factory=lambda: iter(range(10_000)))

    @property
    def database(self) -> Database:
        return self.city.database

    async def token(self, role: str, at: int | None = None) -> str:
        """Give the token of somebody of this role, let in without a password; a resident is `at` a person_id, or a new one."""
        if role == "resident" and at is None:
            await self.people(person(98))
            at = await self.person_id(98)
        place = at if at is not None else AT.get(role, CENTRE)
        async with self.letting_in:
            if (role, place) not in self.tokens:
                self.tokens[role, place] = await self._let_in(role, place)
        return self.tokens[role, place]

    async def person_id(self, n: int, born: date = date(1980, 1, 1)) -> int:
        async with self.database.work(SYSTEM) as work:
            return (await find(work, id_number(n, born))).person_id

    async def _resident_in(self, person_id: int) -> str:
        token = f"sbr_{person_id}"
        async with self.database.work(SYSTEM) as work:
            await work.run(
                "INSERT INTO resident_session (token_digest, resident_id, organisation_id, client, assertion_digest,"
                " started_at, seen_at) VALUES (%(d)s, %(p)s, %(o)s, 'client:online', %(d)s, %(now)s, %(now)s)",
                {"d": sm3(token.encode()), "p": person_id, "o": ONLINE, "now": work.now},
            )
        return token

    async def _let_in(self, role: str, place: int) -> str:
        if role == "resident":
            return await self._resident_in(place)
        kind = "sbs_" if ROLES[role].holder == Holder.STAFF else "sbc_"
        token = f"{kind}{role}-{place}"
        named = {"id": 10_000 + len(self.tokens), "name": f"{role}-{place}", "at": place, "role": role,
                 "digest": sm3(token.encode()), "now": self.city.clock.now()}  # fmt: skip
        async with self.database.work(SYSTEM) as work:
            if kind == "sbs_":
                await work.run(
                    "INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash)"
                    " VALUES (%(id)s, %(at)s, %(name)s, %(name)s, %(role)s, '-')", named,
                )  # fmt: skip
                await work.run(
                    "INSERT INTO staff_session (token_digest, staff_id, started_at, seen_at)"
                    " VALUES (%(digest)s, %(id)s, %(now)s, %(now)s)", named,
                )  # fmt: skip
            else:
                await work.run(
                    "INSERT INTO institution_client (client_id, institution_id, secret_hash, role)"
                    " VALUES (%(name)s, %(at)s, '-', %(role)s)", named,
                )  # fmt: skip
                await work.run(
                    "INSERT INTO client_token (token_digest, client_id, issued_at, expires_at)"
                    " VALUES (%(digest)s, %(name)s, %(now)s, %(now)s + interval '1 hour')", named,
                )  # fmt: skip
        return token

    async def staff_sessions(self, *roles: str) -> list[str]:
        """Give the numbers of sessions of some more members of staff, one of each role, who do nothing else."""
        found = []
        for n, role in enumerate(roles):
            named = {"id": 20_000 + n, "name": f"more-{role}", "at": AT.get(role, CENTRE), "role": role,
                     "digest": sm3(f"more-{role}".encode()), "now": self.city.clock.now()}  # fmt: skip
            async with self.database.work(SYSTEM) as work:
                await work.run(
                    "INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash)"
                    " VALUES (%(id)s, %(at)s, %(name)s, %(name)s, %(role)s, '-')", named,
                )  # fmt: skip
                found.append(str(await work.value(
                    "INSERT INTO staff_session (token_digest, staff_id, started_at, seen_at)"
                    " VALUES (%(digest)s, %(id)s, %(now)s, %(now)s) RETURNING session_id", named,
                )))  # fmt: skip
        return found

    async def call(
        self, method: str, path: str, role: str, at: int | None = None, *, key: str | None = None, **more
    ):
        headers = {"Authorization": f"Bearer {await self.token(role, at)}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.http.request(method, path, headers=headers, **more)

    async def post(self, path: str, role: str, at: int | None = None, *, key: str | None = "", **more):
        """Post with a fresh request key, unless one (or None) is given."""
        fresh = f"key-{next(self.keys):05}" if key == "" else key
        return await self.call("POST", path, role, at, key=fresh, **more)

    async def people(self, *rows: PersonRow) -> None:
        async with self.database.work(SYSTEM) as work:
            await upsert_many(work, rows)
            await tie_guardians(work, rows)

    async def applied(
        self,
        n: int,
        at: int = OUTLET_A,
        bank: str = "BOSC",
        status: str | None = None,
        outlet: str = "C310101002",
    ) -> str:
        """Give the number of somebody's application, brought to a status by hand."""
        await self.people(person(n))
        actor = Actor("staff:0", at, "bank_clerk")
        async with self.database.work(actor) as work:
            one = await apply(work, ApplyRequest(
                id_number=id_number(n), name=person(n).name, channel=Channel.BANK_OUTLET, organisation_id=at,
                mobile="15400000000", address="虚构路1号", fallback_outlet=outlet, bank=bank,
            ))  # fmt: skip
            if status:
                await work.run("UPDATE application SET status = %(s)s WHERE application_id = %(i)s",
                               {"s": status, "i": one.application_id})  # fmt: skip
        return str(one.application_id)

    async def with_photo(self, n: int) -> str:
        """Give the number of somebody's application for which a photo was brought."""
        number = await self.applied(n, status="needs_photo")
        brought = await self.post(
            f"/api/applications/{number}/photo", "bank_clerk", files={"photo": ("p.jpg", jpeg(n))}
        )
        assert brought.status_code == 200, brought.text
        return number

    async def cards(self, n: int, born: date = date(1980, 1, 1), **more: Any) -> tuple[str, str]:
        """Give the numbers of somebody's old card, which is good, and new card, which is not open yet."""
        await self.people(person(n, born, **more))
        async with self.database.work(SYSTEM) as work:
            found = await find(work, id_number(n, born))
            old, new = await allocate_numbers(work, 2)
            await take_old_cards(work, [OldCardRow(found.person_id, old, date(2012, 1, 1))])
            await take_made_cards(work, [
                MadeCard(found.person_id, work.ids.one(), new, BANK_A, date(2019, 1, 1), None, "AB", "CD")
            ])  # fmt: skip
        return old, new

    async def failed_for_good(self, n: int) -> str:
        """Give the number of the last order of a card that could not be made."""
        application = int(await self.applied(n, status="in_production"))
        async with self.database.work(SYSTEM) as work:
            found = await find(work, id_number(n))
            (card,) = await allocate_numbers(work, 1)
            named = {"p": found.person_id, "a": application, "c": card, "b": BANK_A, "now": work.now}
            await work.run(
                "INSERT INTO production_order (person_id, order_id, application_id, batch_id, attempt, status, card_number,"
                " bank_id, issued_on, id_digest, name_digest, bank_digest, failed_stage, failed_reason, updated_at)"
                " VALUES (%(p)s, %(a)s, %(a)s, 1, 3, 'failed', %(c)s, %(b)s, '2019-01-02', '', '', '', '银行',"
                " '账户状态异常', %(now)s)", named,
            )  # fmt: skip
            sealed = work.vault.seal(b"6217001234567890123", f"account:{application}")
            await work.run(
                "INSERT INTO bank_account (person_id, application_id, bank_id, status, life, sealed, last4, answered_at)"
                " VALUES (%(p)s, %(a)s, %(b)s, 'open', 'opened', %(s)s, '0123', %(now)s)", named | {"s": sealed},
            )  # fmt: skip
        return str(application)

    async def held_batch(self, n: int) -> str:
        """Give the number of a batch that was stopped: its receipt counts one card less than were handed over."""
        application = int(await self.applied(n, status="in_production"))
        batch = application + 1
        await self.with_key_sets()
        async with self.database.work(SYSTEM) as work:
            found = await find(work, id_number(n))
            (card,) = await allocate_numbers(work, 1)
            named = {
                "p": found.person_id,
                "a": application,
                "b": batch,
                "c": card,
                "k": BANK_A,
                "now": work.now,
            }
            for statement in HELD_BATCH:
                await work.run(statement, named)
        return str(batch)

    async def parcel_waiting(self, n: int, outlet: int = COMMUNITY_A, status: str = "at_outlet") -> str:
        """Give the waybill of a parcel that waits at an outlet, or has come to another status."""
        application = int(await self.applied(n, status="at_outlet"))
        waybill = s10.make("EM", 9_000_000 + n)  # far from those that the serial gives
        async with self.database.work(SYSTEM) as work:
            found = await find(work, id_number(n))
            named = {
                "p": found.person_id, "a": application, "w": waybill, "o": outlet, "s": status, "now": work.now,
            }  # fmt: skip
            await work.run(
                "INSERT INTO parcel (person_id, parcel_id, application_id, waybill, status, outlet_id, manifest_id,"
                " label, updated_at, arrived_on, look_on, centre_id) VALUES (%(p)s, %(a)s, %(a)s, %(w)s, %(s)s, %(o)s, 1,"
                " '', %(now)s, %(now)s::date, CASE WHEN %(s)s::text = 'at_outlet' THEN %(now)s::date END,"
                " CASE WHEN %(s)s::text = 'at_centre' THEN 1 END)", named,
            )  # fmt: skip
            await work.run(
                "INSERT INTO parcel_directory (waybill, person_id, parcel_id) VALUES (%(w)s, %(p)s, %(a)s)",
                named,
            )
        return waybill

    async def application_at_centre(self, n: int) -> str:
        """Give the number of an application whose card is kept at the card centre."""
        await self.parcel_waiting(n, status="at_centre")
        person_id = await self.person_id(n)
        async with self.database.work(SYSTEM) as work:
            return str(await work.value(
                "UPDATE application SET status = 'at_centre' WHERE person_id = %(p)s RETURNING application_id",
                {"p": person_id},
            ))  # fmt: skip

    async def message_given_up(self, n: int, reason: str = "refused") -> str:
        """Give the number of a text message to somebody that was given up; the person has it in the app, too."""
        await self.people(person(n))
        async with self.database.work(SYSTEM) as work:
            found = await find(work, id_number(n))
            work.tell(found.person_id, "card.unopened", card_id=1, days=14)
        await deliver_due(self.database, SUBSCRIPTIONS)
        async with self.database.work(SYSTEM) as work:
            return str(await work.value(
                "UPDATE message SET status = 'given_up', reason = %(r)s WHERE person_id = %(p)s AND channel = 'sms'"
                " AND kind = 'card_unopened' RETURNING message_id", {"p": found.person_id, "r": reason},
            ))  # fmt: skip

    async def opened(self, n: int, bank: int = BANK_A) -> str:
        """Give the number of somebody's new card, which is open; its holder has a photo."""
        await self.people(person(n))
        async with self.database.work(SYSTEM) as work:
            found = await find(work, id_number(n))
            (number,) = await allocate_numbers(work, 1)
            card_id = work.ids.one()
            await take_made_cards(work, [
                MadeCard(found.person_id, card_id, number, bank, date(2018, 7, 2), None, "AB", "CD")
            ])  # fmt: skip
            opening = Opening(found.person_id, card_id, frozenset({"social"}), Outlet("community_centre"))
            await open_functions(work, await load(work), opening)
            await photo_store.keep(work, [New(found.person_id, card_id, Source.ID_CARD, None, jpeg(n))])
        return number

    async def delivered(self, shipment: str, first: int, last: int) -> None:
        """Let the chips' maker deliver blanks, under the keys in force."""
        await self.with_card_keys()
        async with self.database.work(SYSTEM) as work:
            await deliver(work, shipment, f"{first:08X}", f"{last:08X}", 2)

    async def counter(
        self, at: int = COMMUNITY_A, blanks: int = 10, numbers: tuple[str | None, str | None] = (None, None)
    ) -> str:
        """Let an outlet issue on the spot, with so many blanks; give the number of the entry that says so."""
        await self.with_card_keys()
        async with self.database.work(SYSTEM) as work:
            await work.run("UPDATE institution SET instant = true WHERE institution_id = %(i)s", {"i": at})
            place = (await institutions.by_ids(work, [at]))[at]
            return str((await receive(work, place, Box("S0", str(at), blanks, *numbers))).movement_id)

    async def with_card_keys(self) -> None:
        """Let the city have card keys, unless it has them already."""
        from tests.service.credential.in_use import keys_of  # noqa: PLC0415 - it knows this town's people

        self.app.state.service.keys = keys_of()
        await self.with_key_sets()

    async def with_key_sets(self) -> None:
        """Let the tables know of versions of card keys, unless they do."""
        from tests.service.credential.in_use import know_keys  # noqa: PLC0415 - as above

        async with self.database.work(SYSTEM) as work:
            if not await work.value("SELECT count(*) FROM card_key_set"):
                await know_keys(work)

    async def counted(self, there: int, at: int = COMMUNITY_A) -> str:
        """Give the number of a stock-take, by somebody else than the outlet's own clerk."""
        async with self.database.work(SYSTEM) as work:
            place = (await institutions.by_ids(work, [at]))[at]
            return str((await count(work, place, there)).count_id)

    async def at_the_counter(self, n: int, status: str = "begun", application: str = "photo_ready") -> str:
        """Give the number of a session in which somebody's card is replaced, brought to a status by hand."""
        await self.opened(n)
        begun = await self.post("/api/instant-issues", "community_clerk", json=replacing(n))
        number = begun.json()["application_id"]
        async with self.database.work(SYSTEM) as work:
            named = {"n": int(number), "s": status, "a": application}
            await work.run("UPDATE application SET status = %(a)s WHERE application_id = %(n)s", named)
            if application == "account_opened":
                sealed = work.vault.seal(b"6217001234567890123", f"account:{number}")
                await work.run(
                    "INSERT INTO bank_account (person_id, application_id, bank_id, status, life, sealed, last4, answered_at)"
                    " SELECT person_id, application_id, bank_id, 'open', 'opened', %(s)s, '0123', %(now)s FROM application"
                    " WHERE application_id = %(n)s", {"n": int(number), "s": sealed, "now": work.now},
                )  # fmt: skip
            if status == "begun":
                return str(number)
        await self.post(f"/api/instant-issues/{number}/blank", "community_clerk")
        if status == "blank_taken":
            return str(number)
        read = await self.read_of(n, number)
        await self.post(f"/api/instant-issues/{number}/card", "community_clerk", json=read)
        if status == "handed_over":
            signed = {"id_checked": True, "signed": True}
            await self.post(f"/api/instant-issues/{number}/hand-over", "community_clerk", json=signed)
        return str(number)

    async def read_of(self, n: int, number: str) -> dict[str, Any]:
        """Have the blank of a session written, and give what the machine reads back; `n`: of its chip, too."""
        from tests.issuing.instant.blanks import blank, proof_of, writes  # noqa: PLC0415 - as above

        chip = blank(n)
        there = {"historical": chip.reset.historical.hex()}
        told = await self.post(f"/api/instant-issues/{number}/chip", "community_clerk", key=None, json=there)
        assert told.status_code == 200, told.text
        read, _ = writes(chip, msgspec.convert(told.json()["order"], OrderText))
        proof = proof_of(chip, bytes.fromhex(told.json()["challenge"]))
        return there | {
            "identification_code": read.identification_code, "digest": read.digest.hex(), "proof": proof.hex()
        }  # fmt: skip

    async def collection(self, bank: str, at: int, employer: str = "FIRM", *people: int) -> str:
        """Give the number of a collection of a bank at an employer, with these people called, its day being today."""
        for n in people:
            await self.people(person(n))
        async with self.database.work(Actor("staff:0", at, "bank_clerk")) as work:
            programme = await load(work)
            firm, of = (await institutions.by_codes(work, [employer, bank])).values()
            firm, of = (firm, of) if firm.code == employer else (of, firm)
            begins = work.now + timedelta(hours=30)
            one = await set_up(
                work, programme, firm, Slot(begins, begins + timedelta(hours=2), "一楼", 2, 20)
            )
            made = [
                (await apply(work, ApplyRequest(
                    id_number=id_number(n), name=person(n).name, channel=Channel.EMPLOYER,
                    organisation_id=firm.institution_id, mobile="15400000000", address="虚构路1号",
                    fallback_outlet="C310101002", bank=of.code,
                ))).application_id
                for n in people
            ]  # fmt: skip
            if made:
                await call(work, one.collection_id, numbers=made)
            await work.run("UPDATE collection SET starts_at = %(now)s, ends_at = %(now)s + interval '2 hours'"
                           " WHERE collection_id = %(c)s", {"now": work.now, "c": one.collection_id})  # fmt: skip
        return str(one.collection_id)

    async def later(self, collection: str) -> None:
        """Put a collection off, so that people may be called to it; one who may be called lives here."""
        await self.people(person(79))
        async with self.database.work(Actor("staff:0", FIRM, "employer_hr")) as work:
            await work.run("UPDATE collection SET starts_at = starts_at + interval '3 days', ends_at = ends_at + interval"
                           " '3 days' WHERE collection_id = %(c)s", {"c": int(collection)})  # fmt: skip
            await apply(work, ApplyRequest(
                id_number=id_number(79), name=person(79).name, channel=Channel.EMPLOYER, organisation_id=FIRM,
                mobile="15400000000", address="虚构路1号", fallback_outlet="C310101002", bank="BOSC",
            ))  # fmt: skip

    async def called(
        self, n: int, at: int = HOTLINE, topic: str = "apply", known: bool = True
    ) -> dict[str, Any]:
        """Give a call to a hotline; `known`: of somebody with both cards, who says name, ID number and the end of the new card."""
        _, new = await self.cards(n) if known else ("", "")
        role = "bank_line_agent" if at in (LINE_A, LINE_B) else "hotline_agent"
        asked = {"reason": "咨询社保卡", "topic": topic}
        call = (await self.post("/api/helpdesk/calls", role, at, json=asked)).json()
        if known:
            said = {"id_number": id_number(n), "name": person(n).name, "card_tail": new[-4:]}
            answer = await self.post(
                f"/api/helpdesk/calls/{call['call_id']}/identification", role, at, json=said
            )
            assert answer.json() == {"identified": True, "level": "matched"}, answer.text
        return call

    async def handed_over(
        self, case_id: str, topic: str = "social_use", at: int = HOTLINE, **more: Any
    ) -> str:
        """Give the number of a hand-over of a case to the line that owns a topic."""
        asked = {"topic": topic, "story": "来电人已说明情况", **more}
        answer = await self.post(f"/api/helpdesk/cases/{case_id}/handover", "hotline_agent", at, json=asked)
        assert answer.status_code == 201, answer.text
        return answer.json()["handover_id"]

    async def facts(self, action: str) -> list[tuple[Any, ...]]:
        async with self.database.work(SYSTEM) as work:
            return await work.rows(
                "SELECT person_id, actor, organisation_id, subject, detail FROM audit_fact WHERE action = %(a)s"
                " ORDER BY fact_id", {"a": action},
            )  # fmt: skip


def listening() -> socket.socket:
    """Listen on a port of this machine. Named as TCP, or asyncio lets every second write of an answer wait 40 ms (Nagle)."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


@asynccontextmanager
async def town_at(database: Database, folder: Any):
    """Serve a town on a free port of this machine."""
    mark_demo(str(database.pool.conninfo))
    async with database.work(SYSTEM) as work:
        await load_rules(work)
        for one in PLACES:
            await work.run(
                "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, parent_id, uscc, live_from, readiness)"
                " VALUES (%(i)s, %(c)s, %(k)s, %(c)s, %(c)s, %(p)s, %(u)s, '2018-01-01', 'live')",
                dict(zip("ickpu", one, strict=True)),
            )
    settings = Settings(data_dir=str(folder))
    partners = Partners(*(None,) * 5, hub=Silent())
    city = City(settings, database.clock, database, partners, SUBSCRIPTIONS, key_store(settings))
    app = create_app(city, Watch())
    listener = listening()
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, lifespan="off", http="httptools", loop="none", ws="none")
    )
    serving = asyncio.create_task(server._serve([listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url, timeout=300) as http:
        yield Town(city, http, app)
    server.should_exit = True
    await serving
