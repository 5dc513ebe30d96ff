"""Everything that writes bank accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shebaoka.banking import store
from shebaoka.banking.model import AccountAnswer, AnswersTaken
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
