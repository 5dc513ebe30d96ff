"""Start the server or join the one that runs; the last to leave stops it."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shebaoka.kit.postgres import databases, locks, postmaster
from shebaoka.kit.postgres.cluster import Place, furnish, occupy, refusal
from shebaoka.kit.postgres.errors import DatabaseDidNotStart
from shebaoka.kit.postgres.installations import Installation, installed, wheel
from shebaoka.kit.postgres.settings import command_line

DATABASE: Final = "shebaoka"
TIMEOUT_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class _Wish:
    """How the caller wants the server, should it have to be launched."""

    installation: Installation
    shared_buffers: str = "256MB"
    settings: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = TIMEOUT_S


class Running:
    """A server in use. Leave it (or use it in a `with`); the last process to leave stops it.

    `process` is the server as a child of this process, None where this process joined a running one.
    """

    def __init__(
        self, place: Place, installation: Installation, seat: int, process: subprocess.Popen[bytes] | None
    ) -> None:
        self.place = place
        self.installation = installation
        self.process = process
        self._seat: int | None = seat
        self._owner_pid = os.getpid()
        atexit.register(self.leave)

    @property
    def socket_dir(self) -> Path:
        """The folder of the unix socket."""
        return self._pid_file().sockets

    @property
    def postmaster_pid(self) -> int:
        """The process id of the server."""
        return self._pid_file().pid

    def _pid_file(self) -> postmaster.PidFile:
        said = postmaster.read_pid_file(self.place)
        if said is None:
            raise DatabaseDidNotStart(f"{self.place.cluster}\n{postmaster.last_words(self.place)}")
        return said

    def url(self, database: str = DATABASE) -> str:
        """Give the URL of a database, for psycopg and libpq's programs."""
        return postmaster.url(self.socket_dir, database)

    def bin(self, program: str) -> Path:
        """Give the path of one of PostgreSQL's programs: `pgbench`, `psql`, `pg_dump`."""
        return self.installation.bin(program)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Create a database unless it is there: empty, or as a copy of `template`, which nobody may be connected to."""
        databases.create(self.url("postgres"), name, template)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, and throw out whoever is connected."""
        databases.drop(self.url("postgres"), name)

    def leave(self, timeout_s: float = TIMEOUT_S) -> None:
        """Stop using the server, and stop it when nobody else uses it. Leaving twice does nothing."""
        if self._seat is None or os.getpid() != self._owner_pid:
            return
        with locks.alone(self.place.change_lock, timeout_s):
            self._give_up_seat()
            if not locks.is_shared(self.place.users_lock):
                postmaster.shut_down(self.place, "fast", timeout_s)
        self._forget()

    def stop(self, mode: postmaster.StopMode = "fast", timeout_s: float = TIMEOUT_S) -> None:
        """Stop the server now, whoever else uses it."""
        with locks.alone(self.place.change_lock, timeout_s):
            postmaster.shut_down(self.place, mode, timeout_s)
            self._give_up_seat()
        self._forget()

    def _give_up_seat(self) -> None:
        if self._seat is not None:
            os.close(self._seat)
            self._seat = None

    def _forget(self) -> None:
        """Bury a dead child; a living one passes to whoever still uses the server, not to be waited for."""
        atexit.unregister(self.leave)
        if self.process is not None and self.process.poll() is None:
            self.process.returncode = 0
        self.process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()


def start(
    data_dir: Path,
    *,
    installation: Installation | None = None,
    shared_buffers: str = "256MB",
    settings: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Running:
    """Start the server of data_dir, or join it when it runs already.

    This function will make the directory and its cluster where they are missing, recover from a server or a user
    that was killed, and return once the database `shebaoka` takes connections. `shared_buffers` and `settings` say
    how to launch; a server that runs already keeps its own. It raises a DatabaseProblem that names what to do.
    """
    place = occupy(data_dir)
    chosen = (installation or wheel()).within_reach(place.account, place.root)
    wish = _Wish(chosen, shared_buffers, settings or {}, timeout_s)
    with locks.alone(place.change_lock, timeout_s):
        seat = locks.share(place.users_lock)
        try:
            furnish(place, wish.installation)
            return _seated(place, wish, seat)
        except BaseException:
            os.close(seat)
            raise


def start_installed(
    bin_dir: Path,
    data_dir: Path,
    *,
    shared_buffers: str = "256MB",
    settings: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Running:
    """Start another installation's server, such as the one in /usr/lib/postgresql/15/bin; otherwise as `start`."""
    return start(
        data_dir,
        installation=installed(bin_dir),
        shared_buffers=shared_buffers,
        settings=settings,
        timeout_s=timeout_s,
    )


def stop(data_dir: Path, mode: postmaster.StopMode = "fast", timeout_s: float = TIMEOUT_S) -> None:
    """Stop the server of data_dir, whoever uses it; where none runs this function will do nothing."""
    place = occupy(data_dir)
    with locks.alone(place.change_lock, timeout_s):
        postmaster.shut_down(place, mode, timeout_s)


def _seated(place: Place, wish: _Wish, seat: int) -> Running:
    """Join the live server, or launch one."""
    said = postmaster.wait_until_ready(place, wish.timeout_s, lambda: postmaster.lives(place))
    if said is None:
        postmaster.sweep(place, wish.timeout_s)
        return Running(place, wish.installation, seat, _launched(place, wish))
    databases.create(postmaster.url(said.sockets, "postgres"), DATABASE)
    return Running(place, wish.installation, seat, None)


def _launched(place: Place, wish: _Wish) -> subprocess.Popen[bytes]:
    """Launch the server and wait until our database takes connections; on any failure leave nothing running."""
    sockets = postmaster.choose_sockets(place)
    arguments = command_line(place, sockets, wish.shared_buffers, wish.settings)
    process = postmaster.launch(place, wish.installation, arguments)
    try:
        _await(place, process, wish.timeout_s)
        databases.create(postmaster.url(sockets, "postgres"), DATABASE)
    except BaseException:
        process.send_signal(signal.SIGQUIT)
        process.wait()
        postmaster.discard_sockets(sockets)
        raise
    return process


def _await(place: Place, process: subprocess.Popen[bytes], timeout_s: float) -> None:
    """Wait for the server just launched, or refuse with its last words when it ended instead."""
    if postmaster.wait_until_ready(place, timeout_s, lambda: process.poll() is None) is None:
        raise refusal(postmaster.last_words(place))
