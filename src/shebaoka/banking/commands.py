"""Everything that writes bank accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shebaoka.banking import states, store
from shebaoka.banking.model import AccountAnswer, AnswersTaken, Heard, Known, Noted, Told
from shebaoka.cards.model import Card
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work

ANSWERS_MAX: Final = 5_000


async def take_answers(work: Work, answers: Sequence[AccountAnswer]) -> AnswersTaken:
    """Take in what banks answered (at most 5,000); the first answer about an application and a bank stays.

    This function will seal account numbers and keep their last four digits readable.
    """
    assert len(answers) <= ANSWERS_MAX, "a chunk has at most 5,000 answers"
    new = await store.insert(work, answers)
    opened = [key for key, status in new.items() if status == "open"]
    refused = [key for key, status in new.items() if status == "refused"]
    work.record_many("bank_account.opened", opened)
    work.record_many("bank_account.refused", refused)
    return AnswersTaken(len(opened), len(refused), len(answers) - len(new))


async def note_told(work: Work, bank_id: int, told: Sequence[Told]) -> Noted:
    """Take in what a bank told of its accounts (at most 5,000), in whatever order and however often.

    The telling with the bank's highest count is what an account comes to; older ones change nothing. What cannot follow
    (a closed account that lives again) is kept beside the account and changes nothing; somebody has to call the bank.
    """
    assert len(told) <= ANSWERS_MAX, "a chunk has at most 5,000 tellings"
    newest: dict[int, Told] = {}
    for one in sorted(told, key=lambda one: one.version):
        newest[one.application_id] = one
    known = await store.known(work, bank_id, newest.keys())
    fresh = [
        (known[n], one) for n, one in newest.items() if n in known and one.version > known[n].life_version
    ]
    good = [pair for pair in fresh if _follows(*pair)]
    wrong = [pair for pair in fresh if not _follows(*pair)]
    changed = await store.note_lives(work, bank_id, good) if good else []
    new = await store.note_contradictions(work, bank_id, wrong) if wrong else []
    now = {(one.person_id, one.application_id): to.life for one, to in good}
    for key in changed:
        work.record(key[0], "bank_account.told", key[1], life=now[key])
    work.record_many("bank_account.contradicted", new)
    unknown = len(newest) - len(known)
    return Noted(len(changed), len(newest) - unknown - len(changed) - len(wrong), unknown, len(wrong))


def _follows(known: Known, told: Told) -> bool:
    try:
        states.after(known.life, told.life, missed=told.version - known.life_version - 1)
    except TransitionRefused:
        return False
    return True


async def note_cards(work: Work, cards: Sequence[tuple[int, Card]]) -> int:
    """Note how cards now stand (application, card; at most 5,000), for their banks to be told; give how many have changed.

    This function will leave out cards without a bank, without an account, and with one that is closed: nobody waits to hear of them.
    """
    assert len(cards) <= ANSWERS_MAX, "a chunk has at most 5,000 cards"
    rows = [
        (card.person_id, application_id, card.bank_id, states.for_bank(card, work.now))
        for application_id, card in cards
        if card.bank_id is not None
    ]
    return len(await store.note_cards(work, rows)) if rows else 0


async def note_heard(work: Work, heard: Sequence[Heard]) -> None:
    """Note of which changes banks know now, and which they would not hear of (at most 5,000)."""
    new = set(await store.note_heard(work, heard))
    for one in heard:
        key = one.change.person_id, one.change.application_id
        if key in new:
            action = "bank_account.card_refused" if one.reason else "bank_account.card_told"
            work.record(key[0], action, key[1], card=one.change.card)


async def tell_again(work: Work) -> int:
    """Let the next run tell again of all cards of which a bank would not hear; somebody has called it. Give how many."""
    again = await work.rows(store.SQL["tell_again"])
    work.record_many("bank_account.card_told_again", again)
    return len(again)


async def note_feed(work: Work, bank_id: int, feed: str, position: str) -> None:
    """Note how far a bank's feed was read, in the transaction that takes in what was read."""
    await work.run(
        store.SQL["note_feed"], {"bank_id": bank_id, "feed": feed, "next": position, "now": work.now}
    )
