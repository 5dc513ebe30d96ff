"""Log-ins for a demo city: one for each role that works with the system, and residents to log in as."""

from __future__ import annotations

import random
import string
from pathlib import Path
from typing import Final, get_args

from shebaoka.benefits.insurance.commands import follow_due
from shebaoka.benefits.settlement.commands import designate
from shebaoka.benefits.settlement.model import Designation
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import RELYING
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.model import IdentityPurpose
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.commands import create_client, create_staff, reset_password
from shebaoka.registry.staff.roles import ROLES
from shebaoka.registry.staff.views import account
from shebaoka.service.credential.commands import register
from shebaoka.simulation.card_keys import OFFICERS
from shebaoka.simulation.demo.characters import characters
from shebaoka.simulation.outside import keep_secret

SIMULATION: Final = Actor("system:simulation", 0, "system")
PASSWORD_LENGTH: Final = 14
RULES: Final = Path(__file__).with_name("rules")
"""What is otherwise in a demo: nobody must have a second factor, so that a newcomer is in at once."""
STAFF: Final = (
    ("clerk", "community_centre", "community_clerk"),
    ("teller", "bank_outlet", "bank_clerk"),
    ("roster", "employer", "employer_hr"),
    ("school", "school", "school_office"),
    ("operator", "card_centre", "card_centre_operator"),
    ("agent", "hotline", "hotline_agent"),
    ("bankline", "bank_hotline", "bank_line_agent"),
    ("desk", "hotel", "relying_clerk"),
    ("cashier", "hospital", "cashier"),
    ("benefits", "card_centre", "benefits_clerk"),
    ("payer1", "card_centre", "payout_officer"),
    ("payer2", "card_centre", "payout_officer"),
    ("head", "card_centre", "programme_head"),
    ("auditor", "card_centre", "auditor"),
    ("admin", "card_centre", "administrator"),
    *((officer, "card_centre", "key_officer") for officer in OFFICERS),
)


async def make_accounts(city: City, chance: random.Random) -> str:
    """Make the log-ins, with passwords of chance, and give them as lines for a person."""
    async with city.database.work(SIMULATION) as work:
        await load_rules(work, RULES)
        await _register_relying(work)
        await _designate(work)
        staff = [await _member(work, chance, *one) for one in STAFF]
        bank = await _client(work, "bank-demo", "bank", "bank_system")
        secret = await _client(
            work, city.settings.platform_client_id, "online_platform", "online_platform_system"
        )
        residents = await characters(work)
    await follow_due(city.database)  # So that there is somebody to settle for.
    keep_secret(Path(city.settings.platform_client_secret_file), secret)
    return "\n".join([
        "工作人员 · staff, at /staff (演示中不要求两步验证，可在“我的账号”启用 · no second factor is asked for here; switch one on at /staff/me):",
        *staff,
        "市民 · residents, at /, by the sandbox's identity provider (号码与姓名 · number and name):",
        *(f"  {line}" for line in residents),
        f"机构系统 · institution client, at POST /oauth/token:  bank-demo {bank}",
    ])  # fmt: skip


async def _register_relying(work: Work) -> None:
    """Let the demo's hotel, library and agency ask for all that their kind may ask for."""
    programme = await load(work)
    for kind in RELYING:
        for place in await institutions.of_kind(work, kind):
            for purpose in get_args(IdentityPurpose):
                if programme.identity(kind, purpose, work.today)[0].fields:
                    await register(work, programme, place, purpose)


async def _designate(work: Work) -> None:
    """Let the cashier's hospital settle, as one of the third level."""
    place = (await institutions.of_kind(work, "hospital"))[0]
    await designate(work, Designation(place.institution_id, work.today, None, 3))


async def _member(work: Work, chance: random.Random, login: str, kind: str, role: str) -> str:
    place = (await institutions.of_kind(work, kind))[0]
    password = "".join(chance.choices(string.ascii_letters + string.digits, k=PASSWORD_LENGTH))
    named = ROLES[role]
    if await account(work, login):  # Who had to act before anybody could log in.
        await reset_password(work, login, password)
    else:
        await create_staff(
            work, institution_id=place.institution_id, login=login, name=named.name_zh, role=role, password=password
        )  # fmt: skip
    return f"  {login:9} {password}  {named.name_zh} {named.name_en}（{place.name_zh}）"


async def _client(work: Work, client_id: str, kind: str, role: str) -> str:
    place = (await institutions.of_kind(work, kind))[0]
    return await create_client(work, client_id=client_id, institution_id=place.institution_id, role=role)
