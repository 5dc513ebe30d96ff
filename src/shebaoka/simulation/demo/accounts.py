"""Log-ins for a demo city: one for each kind of person who works with the system."""

from __future__ import annotations

import random
import string
from typing import Final

from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.staff.commands import create_client, create_staff

SIMULATION: Final = Actor("system:simulation", 0, "system")
PASSWORD_LENGTH: Final = 14
STAFF: Final = (
    ("operator", "card_centre", "card_centre_operator", "卡中心业务人员 card centre"),
    ("head", "card_centre", "programme_head", "换发工作负责人 head of the programme"),
    ("clerk", "community_centre", "community_clerk", "社区中心窗口 community centre"),
    ("teller", "bank_outlet", "bank_clerk", "银行网点柜员 bank outlet"),
    ("roster", "employer", "employer_hr", "单位经办人 employer's HR"),
    ("agent", "hotline", "hotline_agent", "热线坐席 hotline"),
)


async def make_accounts(city: City, chance: random.Random) -> str:
    """Make the log-ins, with passwords of chance, and give them as lines for a person."""
    lines = ["演示账号（POST /api/sessions 登录）· demo log-ins:"]
    async with city.database.work(SIMULATION) as work:
        for login, kind, role, name in STAFF:
            place = (await institutions.of_kind(work, kind))[0]
            password = "".join(chance.choices(string.ascii_letters + string.digits, k=PASSWORD_LENGTH))
            await create_staff(
                work,
                institution_id=place.institution_id,
                login=login,
                name=name,
                role=role,
                password=password,
            )
            lines.append(f"  {login:9} {password}  {name}（{place.name_zh}）")
        bank = (await institutions.of_kind(work, "bank"))[0]
        secret = await create_client(
            work, client_id="bank-demo", institution_id=bank.institution_id, role="bank_system"
        )
    lines.append(f"  机构系统 institution client (POST /oauth/token): bank-demo {secret}（{bank.name_zh}）")
    return "\n".join(lines)
