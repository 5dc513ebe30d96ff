"""The life of a card on one screen: its two functions, each on its own. Nothing else decides these statuses."""

from __future__ import annotations

from typing import Final, Literal, get_args

from shebaoka.kit.problems import TransitionRefused

Social = Literal["unopened", "lost_unopened", "open", "suspended", "void"]
Financial = Literal["none", "unopened", "lost_unopened", "open", "suspended", "closed"]
Action = Literal["open", "suspend", "lift", "void", "close"]
Loss = Literal["temporary", "formal"]

SOCIAL: Final[dict[tuple[Social, Action], Social]] = {
    ("unopened", "open"): "open",
    ("open", "suspend"): "suspended",
    ("suspended", "lift"): "open",
    # Lost before it was opened, in the post or at home: once found it is what it was.
    ("unopened", "suspend"): "lost_unopened",
    ("lost_unopened", "lift"): "unopened",
    ("lost_unopened", "void"): "void",
    ("unopened", "void"): "void",
    ("open", "void"): "void",
    ("suspended", "void"): "void",
}
FINANCIAL: Final[dict[tuple[Financial, Action], Financial]] = {
    ("unopened", "open"): "open",
    ("unopened", "close"): "closed",
    ("open", "close"): "closed",
    # What the bank tells of its own loss reports; the social-security function knows nothing of it.
    ("open", "suspend"): "suspended",
    ("suspended", "lift"): "open",
    ("unopened", "suspend"): "lost_unopened",
    ("lost_unopened", "lift"): "unopened",
    ("suspended", "close"): "closed",
    ("lost_unopened", "close"): "closed",
}
REPORTS: Final[frozenset[tuple[Loss | None, Loss]]] = frozenset({
    (None, "temporary"),
    (None, "formal"),
    ("temporary", "formal"),  # whoever called the hotline comes to a community centre
})  # fmt: skip
"""Which loss report may follow which. A temporary one is not prolonged: it ends, or becomes formal."""
STATUS_ZH: Final = {
    "unopened": "未开通", "lost_unopened": "未开通、已挂失", "open": "已开通", "suspended": "已挂失", "void": "已作废",
    "none": "没有此功能", "closed": "已销户",
}  # fmt: skip


def after_social(status: Social, action: Action) -> Social:
    """Give the status of the social-security function that follows; this function will raise TransitionRefused."""
    try:
        return SOCIAL[status, action]
    except KeyError:
        raise refused("社会保障功能", "social-security function", status, action) from None


def after_financial(status: Financial, action: Action) -> Financial:
    """Give the status of the financial function that follows; this function will raise TransitionRefused."""
    try:
        return FINANCIAL[status, action]
    except KeyError:
        raise refused("金融功能", "financial function", status, action) from None


def opened(
    social: Social, financial: Financial, *, open_social: bool, open_financial: bool
) -> tuple[Social, Financial]:
    """Give both statuses after an opening; this function will open all that is asked for or raise TransitionRefused.

    A void card is dead as a whole: its financial function opens no more either. `card_open` in SQL says the same.
    """
    if social == "void":
        raise refused("社会保障功能", "social-security function", social, "open")
    return (
        after_social(social, "open") if open_social else social,
        after_financial(financial, "open") if open_financial else financial,
    )


def after_report(social: Social, loss: Loss | None, report: Loss) -> Social:
    """Give the status that follows a loss report; `loss` is the report there is already.

    This function will raise TransitionRefused where none follows.
    """
    if (loss, report) not in REPORTS:
        raise refused("社会保障功能", "social-security function", social, "suspend")
    return social if loss else after_social(social, "suspend")


def lifted() -> dict[Social, Social]:
    """Give what a card becomes when its loss report is lifted, or ends, by what it was; `card_standing` says the same."""
    return {status: to for (status, action), to in SOCIAL.items() if action == "lift"}


def voidable() -> list[Social]:
    """Give the statuses from which a card may be made void; this function will leave out void itself."""
    return [status for status in get_args(Social) if (status, "void") in SOCIAL]


def refused(zh: str, en: str, status: str, action: Action) -> TransitionRefused:
    """Make the refusal; this function will name the function, its status and the action in both languages."""
    return TransitionRefused(f"{zh}{STATUS_ZH[status]} · the {en} is {status}", current=status, action=action)
