"""The life of a card's account on one screen, as its bank tells of it. Nothing else decides these statuses."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from shebaoka.cards.model import Card
from shebaoka.kit.problems import TransitionRefused

Life = Literal["opened", "active", "frozen", "closed"]
CardState = Literal["unopened", "open", "lost", "void"]
"""How a card stands for the bank whose account is on it: its financial function not opened, opened; reported lost; dead for good."""
NEXT: Final[frozenset[tuple[Life, Life]]] = frozenset({
    ("opened", "active"),  # the holder came to the bank and activated it
    ("opened", "frozen"),
    ("opened", "closed"),
    ("active", "frozen"),  # lost, or by order of a court
    ("frozen", "active"),
    ("frozen", "opened"),  # frozen before its holder ever came
    ("active", "closed"),
    ("frozen", "closed"),
})  # fmt: skip
"""What a bank may tell next of an account when nothing it told was lost."""
WORDS: Final = {"opened": "已开立、未激活", "active": "已激活", "frozen": "已冻结", "closed": "已销户"}
CARD_WORDS: Final[dict[CardState, str]] = {
    "unopened": "未开通",
    "open": "已开通",
    "lost": "已挂失",
    "void": "已作废",
}


def after(life: Life, told: Life, missed: int = 0) -> Life:
    """Give how an account stands once its bank has told so; `missed`: how many tellings between were lost.

    The bank's word counts, also when it is heard twice or after some that never came: then any way that leads there will do.
    TransitionRefused where none does: a closed account stays closed, and an active one is never merely opened again.
    """
    if told == life or (life, told) in NEXT or (missed and _leads(life, told)):
        return told
    raise TransitionRefused(
        f"账户{WORDS[life]}，银行又报{WORDS[told]} · the account is {life}, and its bank says {told}",
        current=life, action=told,
    )  # fmt: skip


def for_bank(card: Card, now: datetime) -> CardState:
    """Give how a card stands for its bank. A temporary loss report counts before its end and not after.

    What the bank itself told of the financial function (suspended there, closed) it need not be told.
    """
    if card.social == "void":
        return "void"
    if card.loss and (card.loss_until is None or card.loss_until > now):
        return "lost"
    return "open" if card.financial in ("open", "suspended") else "unopened"


def _leads(life: Life, told: Life) -> bool:
    """Whether some way leads from one to the other."""
    reached, fresh = {life}, {life}
    while fresh:
        fresh = {to for at, to in NEXT if at in fresh} - reached
        reached |= fresh
    return told in reached
