"""All steps of `shebaoka jobs run`: the chain's (issuing/stages.py), and what this wing adds before the sealing."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shebaoka.banking.mirroring import mirror_due
from shebaoka.banking.telling import tell_due
from shebaoka.benefits.contributions.running import collect_due
from shebaoka.benefits.cross_province.commands import exchange_due as settle_guests
from shebaoka.benefits.cross_province.commands import reconcile_due
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.insurance.commands import follow_due, open_year_due
from shebaoka.benefits.payouts.running import pay_due
from shebaoka.cards.status_list.commands import publish_due
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.issuing.stages import STAGES as CHAIN
from shebaoka.issuing.stages import Progress, Stage
from shebaoka.keys.commands import lapse_due as lapse_ceremonies
from shebaoka.keys.using import Keys
from shebaoka.kit.city import City
from shebaoka.service.credential.commands import forget_due
from shebaoka.service.dashboard.commands import count_due
from shebaoka.service.helpdesk.commands import lapse_due
from shebaoka.service.messages.commands import exchange_due
from shebaoka.service.readiness.commands import call_due


async def _messages(city: City, progress: Progress) -> Any:
    return await exchange_due(city.database, city.partners.sms, progress)


async def _insurance(city: City, progress: Progress) -> Any:
    followed = await follow_due(city.database, progress)
    year = await open_year_due(city.database, progress)
    return {"spells": followed.spells, "retired": followed.retired, "accounts": year.accounts}


async def _hub(city: City, progress: Progress) -> Any:
    hub = Hub(city.partners.hub, city.settings.division_code)
    settled = await settle_guests(city.database, hub, progress)
    compared = await reconcile_due(city.database, hub, city.settings.division_code)
    return msgspec.structs.asdict(settled) | msgspec.structs.asdict(compared)


async def _bank_cards(city: City, progress: Progress) -> Any:
    return await tell_due(city.database, city.partners.banks, progress)


async def _bank_accounts(city: City, progress: Progress) -> Any:
    return await mirror_due(city.database, city.partners.banks, progress)


async def _payouts(city: City, progress: Progress) -> Any:
    return await pay_due(city.database, city.partners.banks, city.settings.iso_schemas_path, progress)


async def _contributions(city: City, progress: Progress) -> Any:
    return await collect_due(city.database, city.partners.banks, progress)


async def _figures(city: City, _progress: Progress) -> Any:
    return {"counted": int(await count_due(city.database))}


async def _conformance(city: City, _progress: Progress) -> Any:
    return await call_due(city.database, city.partners.banks)


async def _helpdesk(city: City, progress: Progress) -> Any:
    return await lapse_due(city.database, progress)


async def _ceremonies(city: City, _progress: Progress) -> Any:
    keys = Keys(city.key_store, city.settings.city_digits)
    return {"lapsed": await lapse_ceremonies(city.database, keys)}


async def _credential(city: City, progress: Progress) -> Any:
    return await forget_due(city.database, progress)


async def _status_list(city: City, progress: Progress) -> Any:
    return await publish_due(city.database, signing_key(city.settings), city.settings.city_digits, progress)


STAGES: Final = (
    *CHAIN[:-1],
    Stage("messages", "短信发送与回执", "text messages sent, and what became of them", _messages),
    Stage(
        "helpdesk",
        "转接超时退回、工单归档",
        "hand-overs that nobody accepted come back, resolved cases are closed",
        _helpdesk,
    ),
    Stage("ceremonies", "密钥仪式逾期", "key ceremonies that nobody approved in time", _ceremonies),
    Stage(
        "credential",
        "到期的身份核验记录删除",
        "requests who somebody is that are kept no longer are removed",
        _credential,
    ),
    Stage("status-list", "发布状态名单", "the status list for terminals that lose the network", _status_list),
    Stage(
        "insurance",
        "医保参保变动、个人账户年度结转与计入",
        "who is insured in what, once a day; accounts enter the medical year",
        _insurance,
    ),
    Stage(
        "hub",
        "跨省结算：待结算的补结算、冲正告知",
        "stays between provinces that wait for the national hub",
        _hub,
    ),
    Stage(
        "bank-cards",
        "告知银行卡片开通、挂失、作废",
        "banks told of cards opened, lost, found and dead",
        _bank_cards,
    ),
    Stage(
        "bank-accounts",
        "卡上账户状态",
        "how the accounts on cards stand at their banks",
        _bank_accounts,
    ),
    Stage(
        "payouts",
        "待遇发放与银行回执、对账单",
        "benefits sent to the banks, their reports and statements taken in",
        _payouts,
    ),
    Stage(
        "contributions",
        "从卡上缴费",
        "contributions taken from the accounts on cards",
        _contributions,
    ),
    Stage("figures", "进度统计", "the programme's figures, once an hour", _figures),
    Stage("conformance", "联调测试", "conformance runs in which we call a partner", _conformance),
    CHAIN[-1],
)
