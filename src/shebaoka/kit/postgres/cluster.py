"""The data directory: what lies in it, who owns it, and how the cluster in it is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shebaoka.kit.postgres.accounts import ROOT, Account, account, server_account
from shebaoka.kit.postgres.errors import (
    DatabaseDidNotStart,
    DataDirectoryNotWritable,
    DataDirectoryOfAnotherUser,
    DataDirectoryOfAnotherVersion,
    DataDirectoryOutOfReach,
    DiskFull,
)
from shebaoka.kit.postgres.installations import Installation

ROLE: Final = "shebaoka"
ROOM_MIN_BYTES: Final = 160 * 2**20
FULL: Final = "No space left on device"
MAKING: Final = "cluster.making-"
BUILTIN_LOCALES_SINCE: Final = 17


@dataclass(frozen=True, slots=True)
class Place:
    """The layout of one data directory, and the user its server runs as."""

    root: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "cluster"

    @property
    def sockets(self) -> Path:
        """The private folder of the unix socket, when its path is short enough."""
        return self.root / "socket"

    @property
    def logs(self) -> Path:
        """The folder of the server's log, one file per weekday."""
        return self.root / "log"

    @property
    def startup_log(self) -> Path:
        """What the server says before its log is open."""
        return self.root / "startup.log"

    @property
    def change_lock(self) -> Path:
        """Held by whoever starts or stops the server."""
        return self.root / "change.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by every process that uses the server."""
        return self.root / "users.lock"


def default_data_dir() -> Path:
    """Give the folder for this user's data: /var/lib/shebaoka for root, else as the XDG base directories say."""
    if os.geteuid() == ROOT:
        return Path("/var/lib/shebaoka")
    named = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".local/share") / "shebaoka"


def occupy(data_dir: Path) -> Place:
    """Make the data directory where it is missing, and refuse one the server could not live in.

    This function will give its layout. Folders made by root are opened for passing through (not for listing).
    """
    root = data_dir.absolute()
    try:
        missing = [folder for folder in (root, *root.parents) if not folder.exists()]
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = root.resolve()
    except OSError as error:
        raise DataDirectoryNotWritable(f"{root}: {error.strerror}") from None
    _refuse_strangers(root)
    _open_way({*missing, root})
    place = Place(root, _owner(root / "cluster") or server_account())
    barrier = place.account.barrier(place.cluster)
    if barrier is not None:
        raise DataDirectoryOutOfReach(f"{barrier} → {place.account.name}")
    return place


def _refuse_strangers(root: Path) -> None:
    """Refuse a folder of another user, or one that is read-only."""
    owner = root.stat().st_uid
    if owner != os.geteuid():
        raise DataDirectoryOfAnotherUser(f"{root} · uid {owner} ≠ {os.geteuid()}")
    if not os.access(root, os.W_OK | os.X_OK):
        raise DataDirectoryNotWritable(f"{root}")


def _open_way(folders: set[Path]) -> None:
    """Let the user without privileges pass; root's umask may have closed what was just made."""
    if os.geteuid() == ROOT:
        for folder in folders:
            folder.chmod(folder.stat().st_mode | 0o011)


def _owner(cluster: Path) -> Account | None:
    """Give the owner of a cluster already there, or refuse one that this process cannot serve."""
    if not cluster.exists():
        return None
    uid = cluster.stat().st_uid
    if uid == ROOT or os.geteuid() not in {ROOT, uid}:
        raise DataDirectoryOfAnotherUser(f"{cluster} · uid {uid}")
    return account(uid)


def furnish(place: Place, installation: Installation) -> None:
    """Make the cluster unless it is there, and refuse one that another major version made."""
    for left_over in place.root.glob(f"{MAKING}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    if not place.cluster.exists():
        _make(place, installation)
    version = (place.cluster / "PG_VERSION").read_text().strip()
    if version != str(installation.major):
        raise DataDirectoryOfAnotherVersion(f"{place.cluster}: {version} ≠ {installation.major}")
    for folder in (place.sockets, place.logs):
        folder.mkdir(mode=0o700, exist_ok=True)
        place.account.own(folder)


def _make(place: Place, installation: Installation) -> None:
    """Make the cluster under another name: a half-made one never bears the final one."""
    free = shutil.disk_usage(place.root).free
    if free < ROOM_MIN_BYTES:
        raise DiskFull(f"{place.root}: {free // 2**20} MiB < {ROOM_MIN_BYTES // 2**20} MiB")
    making = Path(tempfile.mkdtemp(prefix=MAKING, dir=place.root))
    try:
        place.account.own(making)
        _initdb(place.account, installation, making, *_how(installation))
        _admit(making, place.account)
        _initdb(place.account, installation, making, "--sync-only")
        making.rename(place.cluster)
        _sync(place.root)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _how(installation: Installation) -> list[str]:
    """Give initdb's options: byte order for sorting, Unicode for letters, the same on every version."""
    options = ["--no-sync", "--no-instructions", "--data-checksums", "--auth=peer", "--encoding=UTF8"]
    options += [f"--username={ROLE}", "--locale=C"]
    if installation.major >= BUILTIN_LOCALES_SINCE:
        return [*options, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, "--lc-ctype=C.UTF-8"]


def _initdb(user: Account, installation: Installation, making: Path, *options: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        [installation.bin("initdb"), "--pgdata", making, *options],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=environment(),
        **user.run_as(),
    )
    if done.returncode:
        raise refusal(f"initdb: {done.stderr.strip() or done.stdout.strip()}")


def refusal(said: str) -> DiskFull | DatabaseDidNotStart:
    """Give the refusal that fits what PostgreSQL said before it gave up."""
    return DiskFull(said) if FULL in said else DatabaseDidNotStart(said)


def environment() -> dict[str, str]:
    """Give PostgreSQL the caller's environment without what would steer it elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _admit(making: Path, server: Account) -> None:
    """Let only the maker and root in, by the unix socket, as the one role."""
    maker = account(os.geteuid()).name
    names = dict.fromkeys((maker, "root"))
    (making / "pg_hba.conf").write_text(f"local all {ROLE} peer map=owner\n")
    (making / "pg_ident.conf").write_text("".join(f'owner "{name}" {ROLE}\n' for name in names))
    for name in ("pg_hba.conf", "pg_ident.conf"):
        server.own(making / name)


def _sync(folder: Path) -> None:
    """Make a rename in folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
