"""People whose accounts are open, ready for their cards; and a sandbox that knows them."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from PIL import Image
from stdnum import luhn
from tests.issuing.making import bureau_at, with_card_keys
from tests.sandbox.sandbox_driver import TOKEN, Someone, furnished, id_number, started, until

from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.delivery.model import Pickup, Signature
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.partners import Partner, http_client
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.people import commands as people
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.commands import load_rules

BANK, OUTLET, OTHER_OUTLET = 21, 31, 32
INSTITUTIONS = [
    (1, "CC", "card_centre", "制卡中心", "Card centre"),
    (BANK, "ICBC", "bank", "中国工商银行", "ICBC"),
    (OUTLET, "JA01", "community_centre", "静安寺街道中心", "Jing'an Temple centre"),
    (OTHER_OUTLET, "PT01", "community_centre", "长寿路街道中心", "Changshou Road centre"),
]
APPLICATION = (
    "person_id", "application_id", "kind", "channel", "group_code", "status", "organisation_id", "bank_id",
    "bank_reason", "fallback_outlet_id", "sealed", "photo_id", "applied_at", "updated_at",
)  # fmt: skip
PHOTO = ("person_id", "photo_id", "source", "received_at", "digest", "sealed")
ACCOUNT = ("person_id", "application_id", "bank_id", "status", "life", "sealed", "last4", "answered_at")


def jpeg(size: tuple[int, int] = (36, 44)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, "JPEG")
    return target.getvalue()


@dataclass(frozen=True)
class Holder:
    person_id: int
    application_id: int
    name: str
    id_number: str

    @property
    def key(self) -> tuple[int, int]:
        return self.person_id, self.application_id


def someone(n: int, *, home: bool = True) -> Someone:
    return Someone(id_number(n), f"李{n}", home=int(home))


def row(n: int, one: Someone) -> PersonRow:
    return PersonRow(
        id_number=one.id_number, name=one.name, mobile=f"139{n:08}", address=f"虚拟路{n}号", sex="female",
        birth_date=date(1990, 1, 1), hukou=True, district_code=None, insured="employee", insured_status="active",
    )  # fmt: skip


async def lay_ground(work) -> None:
    await load_rules(work)
    for one in INSTITUTIONS:
        await work.run(
            "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, live_from, readiness)"
            " VALUES (%s, %s, %s, %s, %s, '2018-01-01', 'live')", one,
        )  # fmt: skip


async def seed(database, count, *, first=0, picture=None, status=Status.ACCOUNT_OPENED) -> list[Holder]:
    """So many holders; every fifth has no photo."""
    ones = [someone(first + n) for n in range(count)]
    if not first:
        async with database.work(SYSTEM) as work:
            await lay_ground(work)
        await with_card_keys(database)
    async with database.work(SYSTEM) as work:
        await people.upsert_many(work, [row(first + n, one) for n, one in enumerate(ones)])
        found = dict(await work.rows("SELECT id_digest, person_id FROM person"))
        ids = [found[work.vault.digest("id_number", one.id_number)] for one in ones]
        holders = [
            Holder(person_id, application_id, one.name, one.id_number)
            for person_id, application_id, one in zip(ids, work.ids.many(count), ones, strict=True)
        ]
        await _apply(work, holders, picture or jpeg(), status)
    return holders


async def _apply(work, holders, picture, status) -> None:
    photos = [one.application_id + 1 if n % 5 else None for n, one in enumerate(holders)]
    await work.copy("application", APPLICATION, [
        (one.person_id, one.application_id, "exchange", "online", "everyone", status, 1, BANK, "chosen", OUTLET,
         work.vault.seal(msgspec.json.encode({"mobile": "13900000000", "address": f"{one.name}家"}),
                         f"application:{one.application_id}"),
         photo, work.now, work.now)
        for one, photo in zip(holders, photos, strict=True)
    ])  # fmt: skip
    await work.copy("photo", PHOTO, [
        (one.person_id, photo, "counter", work.now, b"", work.vault.seal(picture, f"photo:{photo}"))
        for one, photo in zip(holders, photos, strict=True) if photo
    ])  # fmt: skip
    accounts = [account_number(n) for n in range(len(holders))]
    await work.copy("bank_account", ACCOUNT, [
        (one.person_id, one.application_id, BANK, "open", "opened",
         work.vault.seal(number.encode(), f"account:{one.application_id}"), number[-4:], work.now)
        for one, number in zip(holders, accounts, strict=True)
    ])  # fmt: skip


def account_number(n: int) -> str:
    digits = f"621700{n:012}"
    return digits + luhn.calc_check_digit(digits)


async def statuses(database) -> dict[int, str]:
    return dict(await read(database, "SELECT application_id, status FROM application"))


async def read(database, query, parameters=None):
    async with database.work(SYSTEM) as work:
        return await work.rows(query, parameters)


async def said_by_audit(database, action) -> int:
    return (await read(database, "SELECT count(*) FROM audit_fact WHERE action = %s", (action,)))[0][0]


@contextmanager
def sandbox_for(folder, people, *, seed=7):
    """A sandbox that knows these people."""
    with started(furnished(folder, people), "--seed", str(seed)) as sandbox:
        yield sandbox


@asynccontextmanager
async def courier_at(url):
    """The courier as the product speaks to it."""
    async with http_client(TOKEN, 10) as client:
        yield Partner("courier", f"{url}/courier", client)


def pickup(waybill, holder, **claim):
    """The holder fetches a card, or whoever `claim` says acts for the holder."""
    shown = claim.get("id_number", holder.id_number)
    acts = Claim(**claim) if claim else None
    return Pickup(waybill, shown, Signature("paper", "2019-0001"), acts)


def answered(exchange, files: int) -> None:
    """Wait until the bureau has answered so many files and taken ours away."""
    until(lambda: len(list((exchange / "to-bureau" / "done").glob("*.sbk2"))) >= files)


def later(moment: datetime, days: int) -> datetime:
    return moment + timedelta(days=days)


__all__ = [
    "BANK", "OTHER_OUTLET", "OUTLET", "Holder", "answered", "bureau_at", "courier_at", "jpeg", "later", "pickup", "read",
    "said_by_audit", "sandbox_for", "seed", "someone", "statuses", "until",
]  # fmt: skip
