"""The chain, step by step: what `shebaoka jobs run` does, from cron, a timer or by hand.

Every step asks the tables what is due and may be killed and run again anywhere (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from shebaoka.cards.commands import lift_lapsed_due, open_promised_due, remind_due
from shebaoka.issuing.accounts.commands import open_due
from shebaoka.issuing.applications.commands import verify_due
from shebaoka.issuing.delivery.commands import dispatch_due, look_due, redirect_due, take_events
from shebaoka.issuing.drafts.closing import tell_closed_due
from shebaoka.issuing.drafts.commands import lapse_due as lapse_drafts
from shebaoka.issuing.employers.commands import close_due
from shebaoka.issuing.instant.commands import settle_due
from shebaoka.issuing.photos.commands import destroy_due, fetch_due
from shebaoka.issuing.production.bureau import Bureau
from shebaoka.issuing.production.commands import lapse_due, order_due, take_returns, write_due
from shebaoka.issuing.production.errors import BureauKeyUnusable
from shebaoka.keys.using import Keys
from shebaoka.kit.audit import seal_due
from shebaoka.kit.city import City
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm2_files import SmTwoFileUnusable, read_public, read_secret

Progress = Callable[[int], None]
log = structlog.get_logger()


class StepFailed(Problem):
    """A step met something that it was not made for; the log tells more."""

    slug = "step-failed"
    status = 500
    title_zh = "本步骤因内部错误停止"
    title_en = "This step stopped with an error of ours"
    remedy_zh = "其他步骤照常运行；请把日志中 step.failed 一行及其堆栈交给开发人员，修复后重跑本步骤"
    remedy_en = (
        "The other steps go on; give the line step.failed of the log, with its trace, to the developers, "
        "and run this step again when it is mended"
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the chain: its name for commands and logs, its names for people, and what it does."""

    name: str
    zh: str
    en: str
    run: Callable[[City, Progress], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class StageReport:
    """How a step went: its own counts, or the refusal that stopped it."""

    stage: str
    counts: Any
    problem: dict[str, Any] | None

    @property
    def stopped(self) -> bool:
        """Whether a refusal stopped the step, or a partner that is down holds people up."""
        down = (getattr(self.counts, name, None) for name in ("partner_down", "banks_down"))
        return self.problem is not None or any(down)


async def _verify(city: City, progress: Progress) -> Any:
    return await verify_due(city.database, city.partners.register, progress)


async def _photos(city: City, progress: Progress) -> Any:
    return await fetch_due(city.database, city.partners.photos, progress)


async def _accounts(city: City, progress: Progress) -> Any:
    return await open_due(city.database, city.partners.banks, progress)


async def _order(city: City, progress: Progress) -> Any:
    return await order_due(city.database, progress)


async def _write(city: City, progress: Progress) -> Any:
    return await write_due(city.database, bureau_of(city), progress)


async def _returns(city: City, progress: Progress) -> Any:
    return await take_returns(city.database, bureau_of(city), progress)


async def _lapse(city: City, progress: Progress) -> Any:
    return {"lapsed": await lapse_due(city.database, progress)}


async def _dispatch(city: City, progress: Progress) -> Any:
    return await dispatch_due(city.database, city.partners.courier, progress)


async def _events(city: City, progress: Progress) -> Any:
    return await take_events(city.database, city.partners.courier, progress)


async def _redirects(city: City, progress: Progress) -> Any:
    return await redirect_due(city.database, city.partners.courier, progress)


async def _waiting(city: City, progress: Progress) -> Any:
    return await look_due(city.database, progress)


async def _promises(city: City, progress: Progress) -> Any:
    return await open_promised_due(city.database, progress)


async def _loss(city: City, progress: Progress) -> Any:
    return await lift_lapsed_due(city.database, progress)


async def _drafts(city: City, progress: Progress) -> Any:
    return {"lapsed": await lapse_drafts(city.database, progress)}


async def _windows(city: City, progress: Progress) -> Any:
    return {"told": await tell_closed_due(city.database, progress)}


async def _pictures(city: City, progress: Progress) -> Any:
    return {"destroyed": await destroy_due(city.database, progress)}


async def _instant(city: City, progress: Progress) -> Any:
    return await settle_due(city.database, progress)


async def _collections(city: City, progress: Progress) -> Any:
    return await close_due(city.database, progress)


async def _outbox(city: City, progress: Progress) -> Any:
    delivered = await deliver_due(city.database, city.subscriptions)
    progress(delivered)
    return {"delivered": delivered}


async def _seal(city: City, progress: Progress) -> Any:
    sealed = await seal_due(city.database, city.settings.checkpoints_path)
    progress(sealed)
    return {"sealed": sealed}


async def _reminders(city: City, progress: Progress) -> Any:
    return await remind_due(city.database, progress)


STAGES: Final = (
    Stage("verify", "人口库核验", "verification against the register", _verify),
    Stage("photos", "相片共享", "photos from the shared stores", _photos),
    Stage("accounts", "银行开户", "accounts at the banks", _accounts),
    Stage("order", "制卡下单", "cards ordered", _order),
    Stage("write", "制卡数据出盘", "files for the card bureau", _write),
    Stage("returns", "卡商回盘", "the card bureau's answers", _returns),
    Stage("lapse", "逾期未回盘", "cards that the bureau never answered", _lapse),
    Stage("dispatch", "邮政交寄", "parcels handed to the courier", _dispatch),
    Stage("redirects", "在途改寄", "the courier asked to take parcels elsewhere", _redirects),
    Stage("events", "投递跟踪", "what the courier tells", _events),
    Stage("waiting", "待领提醒与退回", "holders reminded of cards that wait, and cards recalled", _waiting),
    Stage("promises", "次日开通", "openings promised for a later day", _promises),
    Stage("loss", "口头挂失到期", "temporary loss reports that have ended", _loss),
    Stage("reminders", "开通提醒", "holders of unopened cards reminded", _reminders),
    Stage("drafts", "过期草稿", "drafts that nobody handed in", _drafts),
    Stage(
        "windows",
        "告知网上申领逾期",
        "guardians whose two weeks to apply online are over, told where to go",
        _windows,
    ),
    Stage("pictures", "错误相片销毁", "pictures of wrong photos destroyed", _pictures),
    Stage("instant", "即时补换收尾", "sessions at counters that are over, or abandoned", _instant),
    Stage("collections", "集中采集结束", "collections at employers that are over", _collections),
    Stage("outbox", "事件投送", "events delivered to their rooms", _outbox),
    Stage("seal", "审计封存", "audit facts sealed", _seal),
)


def bureau_of(city: City) -> Bureau:
    """Give the card bureau as the settings name it; BureauKeyUnusable."""
    settings = city.settings
    try:
        ours, theirs = read_secret(settings.production_key_path), read_public(settings.bureau_public_key_path)
    except SmTwoFileUnusable as error:
        # Told as what it is: whoever reads of any key at night mends the wrong file.
        raise BureauKeyUnusable(error.detail) from error
    keys = Keys(city.key_store, settings.city_digits)
    return Bureau(settings.bureau_path, ours, theirs, keys, settings.division_code)


async def run_stage(city: City, stage: Stage, progress: Progress = lambda _: None) -> StageReport:
    """Run one step. Whatever stops it (a partner that is down, a bug) is reported, not raised: the other steps can go on."""
    try:
        return StageReport(stage.name, await stage.run(city, progress), None)
    except Problem as problem:
        return StageReport(stage.name, None, problem.document())
    except Exception as error:  # one step's bug must not keep the night's other work from being done
        log.exception("step.failed", step=stage.name)
        return StageReport(stage.name, None, StepFailed(f"{stage.name}: {type(error).__name__}").document())
