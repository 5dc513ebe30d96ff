"""The service banks as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views
from shebaoka.registry.institutions.model import BANK, Institution

NAME_LETTERS_MIN: Final = 4


class Banks:
    """The service banks, found as people write them: by code, by name, or by an unmistakable part of the name."""

    def __init__(self, banks: Sequence[Institution]) -> None:
        self.all = banks
        self._exact = {
            text.casefold(): bank for bank in banks for text in (bank.code, bank.name_zh, bank.name_en)
        }

    @classmethod
    async def load(cls, work: Work) -> Banks:
        """Read the service banks."""
        return cls(await views.of_kind(work, BANK))

    def meant(self, text: str | None) -> Institution | None:
        """Give the bank that a text means; None where no bank is meant for certain."""
        if not text:
            return None
        exact = self._exact.get(text.casefold())
        if exact:
            return exact
        close = [bank for bank in self.all if len(text) >= NAME_LETTERS_MIN and text in bank.name_zh]
        return close[0] if len(close) == 1 else None

    def code(self, text: str | None) -> str | None:
        """Give the code of the bank that a text means; the text itself where no bank is meant for certain."""
        bank = self.meant(text)
        return bank.code if bank else text or None
