"""A bank's books: accounts and double entry, in fen. What is owed to an account's owner is positive."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from shebaoka_sandbox.desk import Declined
from shebaoka_sandbox.store import Store

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
CASH: Final = "cash"
"""Notes in the bank's vault and machines."""
OUTSIDE: Final = "outside"
"""Other banks and merchants, through clearing."""
ONE: Final = "select number, reference, name, kind, status, version from bank_account where bank = ?"
OWN: Final = frozenset({CASH, OUTSIDE})
Status = Literal["opened", "active", "frozen", "closed"]
MOVES: Final[dict[str, tuple[tuple[Status, ...], Status]]] = {
    "activate": (("opened",), "active"),
    "freeze": (("opened", "active"), "frozen"),
    "thaw": (("frozen",), "active"),
    "close": (("opened", "active", "frozen"), "closed"),
}


class Account(NamedTuple):
    """An account. `reference`: of whoever had it opened."""

    number: str
    reference: str | None
    name: str
    kind: str
    status: Status
    version: int


class Part(NamedTuple):
    """One line of an entry."""

    account: str
    fen: int
    told: str = ""


def now() -> datetime:
    """Give the present moment."""
    return datetime.now(SHANGHAI)


class Books:
    """The books of all banks, each by its code. Whoever writes is inside a transaction of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self,
        bank: str,
        number: str,
        name: str,
        kind: str,
        reference: str | None = None,
        status: Status = "opened",
    ) -> None:
        """Open an account; one that is there stays as it is."""
        self._store.run(
            "insert or ignore into bank_account (bank, number, reference, name, kind, status, version) values (?, ?, ?, ?, ?, ?, 1)",
            bank, number, reference, name, kind, status,
        )  # fmt: skip

    def find(self, bank: str, key: str) -> Account | None:
        """Give an account by its number or by our reference."""
        # One after the other: asked for both at once, SQLite reads every account of the bank.
        rows = self._store.run(f"{ONE} and number = ?", bank, key) or self._store.run(
            f"{ONE} and reference = ?", bank, key
        )
        return Account(*rows[0]) if rows else None

    def move(self, bank: str, key: str, action: str) -> Account:
        """Let an account live on as its holder, a clerk or a court wishes, and tell it in the feed. Declined where it cannot."""
        account = self.find(bank, key)
        if account is None or account.kind in OWN:
            raise Declined(404, f"no account {key}")
        before, after = MOVES[action]
        if account.status not in before:
            raise Declined(409, f"the account is {account.status}")
        if action == "close" and self.balance(bank, account.number):
            raise Declined(409, "the account holds money")
        self._store.run(
            "update bank_account set status = ?, version = version + 1 where bank = ? and number = ?",
            after, bank, account.number,
        )  # fmt: skip
        moved = account._replace(status=after, version=account.version + 1)
        if moved.reference:
            self._store.run(
                "insert into bank_notice values (null, ?, ?, ?, ?, ?)",
                bank, moved.reference, after, moved.version, now().isoformat(timespec="seconds"),
            )  # fmt: skip
        return moved

    def card(self, bank: str, reference: str) -> str:
        """Give how the card with an account stands, by what the city told of it."""
        rows = self._store.run("select card from bank_card where bank = ? and account = ?", bank, reference)
        return str(rows[0][0]) if rows else "unopened"

    def note_card(self, bank: str, account: Account, card: str, version: int) -> None:
        """Take in how the card with an account stands; what was told with a lower count changes nothing.

        An opened card activates its account. A dead one leaves it to its holder, who comes to the counter with an ID card.
        """
        self._store.run(
            "insert into bank_card values (?, ?, ?, ?) on conflict (bank, account) do update"
            " set card = excluded.card, version = excluded.version where excluded.version > bank_card.version",
            bank, account.reference, card, version,
        )  # fmt: skip
        if self.card(bank, str(account.reference)) == "open" and account.status == "opened":
            self.move(bank, account.number, "activate")

    def rename(self, bank: str, key: str, name: str) -> None:
        """Write another holder's name to an account."""
        self._store.run(
            "update bank_account set name = ? where bank = ? and (number = ? or reference = ?)",
            name,
            bank,
            key,
            key,
        )

    def balance(self, bank: str, number: str) -> int:
        """Give what an account holds."""
        return int(self._store.run(
            "select coalesce(sum(fen), 0) from bank_line where bank = ? and account = ?", bank, number
        )[0][0])  # fmt: skip

    def entry(self, bank: str, entry: str, kind: str, *parts: Part) -> None:
        """Book lines that sum to nothing. Declined where an account would fall below nothing: then nothing is booked."""
        assert sum(part.fen for part in parts) == 0, "an entry balances"
        taken: dict[str, int] = {}
        for part in parts:
            if part.account not in OWN:
                taken[part.account] = taken.get(part.account, 0) + part.fen
        for number, fen in taken.items():
            if fen < 0 and self.balance(bank, number) + fen < 0:
                raise Declined(409, "AM04 the account does not hold so much")
        for part in parts:
            self._store.run(
                "insert into bank_line values (null, ?, ?, ?, ?, ?, ?, ?)",
                bank, entry, part.account, part.fen, kind, part.told, now().date().isoformat(),
            )  # fmt: skip

    def lines(self, bank: str, account: str, after: int = 0) -> list[tuple[int, str, str, int, str, str]]:
        """Give an account's lines after a number: number, entry, kind, fen, told, day."""
        return [
            (row[0], row[1], row[2], row[3], row[4], row[5])
            for row in self._store.run(
                "select number, entry, kind, fen, told, on_day from bank_line"
                " where bank = ? and account = ? and number > ? order by number",
                bank, account, after,
            )
        ]  # fmt: skip

    def trial(self, bank: str) -> dict[str, int]:
        """Give what all lines sum to (nothing) and how many accounts are below nothing (none)."""
        total = self._store.run("select coalesce(sum(fen), 0) from bank_line where bank = ?", bank)[0][0]
        below = self._store.run(
            "select count(*) from (select account from bank_line where bank = ? and account not in ('cash', 'outside')"
            " group by account having sum(fen) < 0)",
            bank,
        )[0][0]
        return {"sum_fen": int(total), "below_zero": int(below)}
