"""The operating-system user the server runs as. PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shebaoka.kit.postgres.errors import DatabaseDidNotStart

ROOT = 0
WITHOUT_PRIVILEGES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """One operating-system user."""

    name: str
    uid: int
    gid: int

    @property
    def is_caller(self) -> bool:
        """Tell whether this process already runs as that user."""
        return self.uid == os.geteuid()

    def run_as(self) -> dict[str, Any]:
        """Give the `subprocess` arguments that make a child run as this user."""
        if self.is_caller:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or folder to this user; only root ever has to."""
        if not self.is_caller:
            os.chown(path, self.uid, self.gid)

    def may(self, path: Path, bits: int) -> bool:
        """Tell whether the mode of path lets this user do `bits` (1 enter or run, 4 read).

        Only asked for root's stand-in: the caller's own rights (groups, ACLs) are better tried than computed.
        """
        if self.is_caller:
            return True
        status = path.stat()
        if status.st_uid == self.uid:
            return status.st_mode >> 6 & bits == bits
        shift = 3 if status.st_gid == self.gid else 0
        return status.st_mode >> shift & bits == bits

    def barrier(self, path: Path) -> Path | None:
        """Give the first folder on the way to path that this user cannot enter."""
        folders: Iterator[Path] = reversed(path.resolve().parents)
        return next((folder for folder in folders if not self.may(folder, 1)), None)


def account(uid: int) -> Account:
    """Look a user up. PostgreSQL too needs a name, so a number without one is refused."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseDidNotStart(f"uid {uid} 没有用户名 · uid {uid} has no name in /etc/passwd") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_account() -> Account:
    """Give the user a new cluster's server shall run as: the caller, or for root one without privileges."""
    if os.geteuid() != ROOT:
        return account(os.geteuid())
    for entry in pwd.getpwall():
        if entry.pw_name == WITHOUT_PRIVILEGES[0]:
            return account(entry.pw_uid)
    return account(pwd.getpwnam(WITHOUT_PRIVILEGES[1]).pw_uid)
