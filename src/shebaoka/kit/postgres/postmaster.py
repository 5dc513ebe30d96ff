"""The one server process of a place: whether it runs, how it is launched, when it is ready, how it is stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import psycopg

from shebaoka.kit.postgres import processes
from shebaoka.kit.postgres.cluster import ROLE, Place, environment
from shebaoka.kit.postgres.errors import DatabaseDidNotStart, DatabaseDidNotStop
from shebaoka.kit.postgres.installations import Installation

StopMode = Literal["smart", "fast", "immediate"]
SIGNALS: Final = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}

SOCKET: Final = ".s.PGSQL.5432"
SOCKET_PATH_MAX_BYTES: Final = 107
SHORT_SOCKETS: Final = "shebaoka-socket-"
PAUSE_S: Final = 0.02
LOG_KEPT_S: Final = 6 * 86400
LINES_SHOWN: Final = 15


@dataclass(frozen=True, slots=True)
class PidFile:
    """What postmaster.pid says. It outlives a killed server, so it proves nothing alone."""

    pid: int
    sockets: Path
    status: str


def read_pid_file(place: Place) -> PidFile | None:
    """Read postmaster.pid; None when it is missing or still being written."""
    try:
        lines = (place.cluster / "postmaster.pid").read_text().splitlines()
        return PidFile(int(lines[0]), Path(lines[4]), lines[7].strip())
    except (FileNotFoundError, IndexError, ValueError):
        return None


def url(sockets: Path, database: str) -> str:
    """Give the connection URL of a database behind the socket in that folder."""
    return f"postgresql://{ROLE}@/{quote(database, safe='')}?host={quote(str(sockets), safe='')}&port=5432"


def lives(place: Place) -> bool:
    """Tell whether a server of this place lives, ready or not."""
    return bool(processes.postmasters(processes.cluster_name(place.cluster)))


def wait_until_ready(place: Place, timeout_s: float, alive: Callable[[], bool]) -> PidFile | None:
    """Wait for the server of this place to answer a real connection.

    This function will give None as soon as `alive` says no. A child launched just now is better asked itself than
    looked for with `lives`: for an instant after exec its command line is still empty.
    """
    name = processes.cluster_name(place.cluster)
    deadline = time.monotonic() + timeout_s
    error = ""
    while alive():
        said = read_pid_file(place)
        if said and said.status == "ready" and said.pid in processes.postmasters(name):
            error = _knock(said.sockets)
            if not error:
                return said
        if time.monotonic() > deadline:
            raise DatabaseDidNotStart(f"{timeout_s:.0f} s\n{error}\n{last_words(place)}")
        time.sleep(PAUSE_S)
    return None


def _knock(sockets: Path) -> str:
    """Try one connection and give what went wrong, or nothing."""
    try:
        psycopg.connect(url(sockets, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def sweep(place: Place, timeout_s: float) -> None:
    """Remove what a killed server left behind, now that no postmaster lives.

    Its orphaned children still hold the shared memory, and would keep a new server from starting: their clients'
    unfinished work is lost already, their finished work is in the log, so they are killed. PostgreSQL removes its
    stale lock files itself, unless the number in them belongs to a living or unburied process by now.
    """
    _kill_orphans(processes.cluster_name(place.cluster), timeout_s)
    said = read_pid_file(place)
    if said and Path(f"/proc/{said.pid}").exists():
        (place.cluster / "postmaster.pid").unlink()
        (place.sockets / f"{SOCKET}.lock").unlink(missing_ok=True)
    if said:
        discard_sockets(said.sockets)
    for log in place.logs.glob("*.log"):
        if time.time() - log.stat().st_mtime > LOG_KEPT_S:
            log.unlink()


def _kill_orphans(name: str, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while orphans := processes.children(name):
        for pid in orphans:
            _signal(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise DatabaseDidNotStop(f"pid {sorted(orphans)}")
        time.sleep(PAUSE_S)


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return


def choose_sockets(place: Place) -> Path:
    """Give the folder for the socket: in the data directory, or a fresh short one when that path is too long."""
    path = os.fsencode(place.sockets / SOCKET)
    if len(path) <= SOCKET_PATH_MAX_BYTES and b"," not in path:
        return place.sockets
    short = Path(tempfile.mkdtemp(prefix=SHORT_SOCKETS, dir=_short_folder()))
    place.account.own(short)
    return short


def _short_folder() -> Path:
    """Give the folder for temporary files, unless the caller's TMPDIR is long itself."""
    named = Path(tempfile.gettempdir())
    room = SOCKET_PATH_MAX_BYTES - len(f"/{SHORT_SOCKETS}12345678/{SOCKET}")
    return named if len(os.fsencode(named)) <= room else Path("/tmp")  # noqa: S108 - mkdtemp makes a private folder in it


def discard_sockets(sockets: Path) -> None:
    """Remove a short socket folder that nobody listens in any more."""
    if sockets.name.startswith(SHORT_SOCKETS):
        shutil.rmtree(sockets, ignore_errors=True)


def launch(place: Place, installation: Installation, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Launch the server as our child, in a session of its own: Ctrl-C at the terminal does not reach it."""
    place.startup_log.unlink(missing_ok=True)
    with place.startup_log.open("xb") as said:
        return subprocess.Popen(  # noqa: S603 - our own words
            [installation.bin("postgres"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env=environment(),
            start_new_session=True,
            umask=0o077,
            **place.account.run_as(),
        )


def last_words(place: Place) -> str:
    """Give the last lines the server wrote, for a person to read."""
    logs = sorted(place.logs.glob("*.log"), key=lambda log: log.stat().st_mtime)[-1:]
    texts = [log.read_text(errors="replace") for log in (place.startup_log, *logs) if log.exists()]
    return "\n".join("\n".join(texts).splitlines()[-LINES_SHOWN:])


def shut_down(place: Place, mode: StopMode, timeout_s: float) -> None:
    """Stop the server of this place, if one runs, and wait until all its processes are gone."""
    name = processes.cluster_name(place.cluster)
    said = read_pid_file(place)
    running = processes.postmasters(name)
    for pid in {said.pid} & running if said else running:
        _signal(pid, SIGNALS[mode])
    deadline = time.monotonic() + timeout_s
    while running := processes.postmasters(name) | processes.children(name):
        if time.monotonic() > deadline:
            raise DatabaseDidNotStop(f"pid {sorted(running)}")
        time.sleep(PAUSE_S)
    if said:
        discard_sockets(said.sockets)
