"""The embedded PostgreSQL, with real servers, real signals and real processes."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg
import pytest

from shebaoka.kit import postgres
from shebaoka.kit.postgres import locks, processes
from shebaoka.kit.postgres.accounts import Account
from shebaoka.kit.postgres.cluster import MAKING
from shebaoka.kit.postgres.postmaster import SHORT_SOCKETS, SOCKET, SOCKET_PATH_MAX_BYTES
from shebaoka.kit.problems import Problem

pytestmark = pytest.mark.database

SMALL = "16MB"

USER = """
    import sys, os
    from pathlib import Path
    from shebaoka.kit import postgres
    installation = getattr(postgres, sys.argv[2])()
    print("here", flush=True)
    sys.stdin.readline()
    running = postgres.start(Path(sys.argv[1]), installation=installation, shared_buffers="16MB")
    print(running.postmaster_pid, running.process is not None, flush=True)
    sys.stdin.readline()
    running.leave()
    print("left", flush=True)
"""


def wait_for(fact: Callable[[], bool], seconds_max: float = 300) -> None:
    """Look until fact holds; a test that waits longer has failed."""
    deadline = time.monotonic() + seconds_max
    while not fact():
        assert time.monotonic() < deadline


@pytest.fixture
def which() -> str:
    return os.environ.get("SHEBAOKA_TEST_PG", "wheel")


@pytest.fixture
def installation(which: str) -> postgres.Installation:
    return {"wheel": postgres.wheel, "debian": postgres.debian}[which]()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory not yet made, in a folder that the user without privileges can pass."""
    with tempfile.TemporaryDirectory(prefix="sbk-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder, "data")
        if Path(folder, "data/cluster").exists():
            postgres.stop(Path(folder, "data"), "immediate")


class User:
    """Another process that uses the server; it waits for a line before it starts, and before it leaves."""

    def __init__(self, data_dir: Path, which: str) -> None:
        code = [sys.executable, "-c", textwrap.dedent(USER), str(data_dir), which]
        self.process = subprocess.Popen(code, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.hear() == ["here"]

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def hear(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def bury(self) -> None:
        self.process.kill()
        self.process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.bury()


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def tell(url: str, command: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command)


def alive(pid: int) -> bool:
    return bool(processes._command_line(pid))


Start = Callable[..., postgres.Running]


@pytest.fixture
def start(data_dir: Path, installation: postgres.Installation) -> Start:
    return functools.partial(postgres.start, data_dir, installation=installation, shared_buffers=SMALL)


def test_a_fresh_directory_becomes_a_durable_server(
    start: Start, installation: postgres.Installation
) -> None:
    with start() as running:
        url = running.url()
        assert ask(url, "SELECT current_user::text") == "shebaoka"
        assert ask(url, "SELECT current_database()") == "shebaoka"
        assert ask(url, "SELECT current_setting('server_version_num')::int / 10000") == installation.major
        expected = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "jit": "off",
            "TimeZone": "Asia/Shanghai",
            "server_encoding": "UTF8",
        }
        assert {name: ask(url, f"SHOW {name}") for name in expected} == expected
        assert ask(url, "SELECT 'Z' < 'a' AND lower('ÀÉ') = 'àé'"), "byte order, and Unicode letters"


def test_settings_reach_the_server(start: Start) -> None:
    with start(settings={"work_mem": "5MB", "listen_addresses": "*"}) as running:
        assert ask(running.url(), "SHOW work_mem") == "5MB"
        assert ask(running.url(), "SHOW listen_addresses") == "", "a socket only, whatever is asked"


def test_data_outlives_the_server(start: Start) -> None:
    with start() as running:
        tell(running.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
        pid = running.postmaster_pid
    assert not alive(pid)
    with start() as running:
        assert ask(running.url(), "SELECT answer FROM kept") == 42


def test_starting_what_runs_joins_it_and_the_last_to_leave_stops_it(start: Start) -> None:
    first = start()
    pid = first.postmaster_pid
    second = start(shared_buffers="32MB")
    assert (second.postmaster_pid, second.process) == (pid, None)
    first.leave()
    assert ask(second.url(), "SHOW shared_buffers") == SMALL
    second.leave()
    assert not alive(pid)


def test_leaving_twice_and_stopping_twice_do_nothing(start: Start) -> None:
    running = start()
    running.leave()
    running.leave()
    running.stop()


def test_an_explicit_stop_stops_it_for_everybody(start: Start, data_dir: Path) -> None:
    with start() as first, start():
        pid = first.postmaster_pid
        postgres.stop(data_dir)
        assert not alive(pid)


def test_databases_are_created_once_and_dropped_with_their_guests(start: Start) -> None:
    with start() as running:
        running.create_database('牌"1')
        running.create_database('牌"1')
        with psycopg.connect(running.url('牌"1')) as guest:
            running.drop_database('牌"1')
            with pytest.raises(psycopg.OperationalError):
                guest.execute("SELECT 1")
        running.drop_database('牌"1')


def test_the_programs_work_on_the_running_server(start: Start) -> None:
    with start() as running:
        done = subprocess.run(
            [running.bin("psql"), "-XAtc", "SELECT 40 + 2", running.url()],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "42\n"
        with pytest.raises(postgres.PostgresMissing):
            running.bin("pg_nothing")


def test_processes_that_start_at_once_share_one_server(data_dir: Path, which: str) -> None:
    with contextlib.ExitStack() as stack:
        users = [stack.enter_context(User(data_dir, which)) for _ in range(4)]
        for user in users:
            user.go_on()
        answers = [user.hear() for user in users]
        (pid,) = {int(answer[0]) for answer in answers}
        assert sorted(answer[1] for answer in answers) == ["False", "False", "False", "True"]
        for user in users:
            assert alive(pid)
            user.go_on()
            assert user.hear() == ["left"]
        assert not alive(pid)


def test_a_killed_user_breaks_nothing_and_its_server_is_taken_over(
    start: Start, data_dir: Path, which: str
) -> None:
    with User(data_dir, which) as user:
        user.go_on()
        pid = int(user.hear()[0])
    assert alive(pid), "a server whose only user was killed waits for the next"
    with start() as running:
        assert (running.postmaster_pid, running.process) == (pid, None)
    assert not alive(pid)


def test_the_terminal_s_ctrl_c_does_not_reach_the_server(start: Start) -> None:
    with start() as running:
        pid = running.postmaster_pid
        assert os.getpgid(pid) != os.getpgid(0)
        assert os.getsid(pid) != os.getsid(0)


def test_a_killed_server_recovers_what_was_committed(start: Start) -> None:
    running = start()
    tell(running.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    with contextlib.closing(psycopg.connect(running.url())) as busy:
        # This child of the server never looks up from its work to see that its parent died.
        busy.pgconn.send_query(b"DO $$BEGIN LOOP NULL; END LOOP; END$$")
        counted = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'"
        wait_for(lambda: ask(running.url(), counted) == 1)
        # Not waited for: the dead server is still an unburied child of ours, and its number still exists.
        os.kill(running.postmaster_pid, signal.SIGKILL)
        with start() as again:
            assert ask(again.url(), "SELECT answer FROM kept") == 42
            result = busy.pgconn.get_result()
            assert result is not None
            assert result.status == psycopg.pq.ExecStatus.FATAL_ERROR
        running.leave()


def test_a_stale_pid_file_that_names_a_living_stranger_is_swept(start: Start, data_dir: Path) -> None:
    start().leave()
    pid_file = data_dir / "cluster/postmaster.pid"
    lines = [
        str(os.getpid()),
        str(data_dir / "cluster"),
        "1",
        "5432",
        str(data_dir / "socket"),
        "",
        "1 1",
        "ready",
    ]
    pid_file.write_text("\n".join(lines))
    shutil.chown(pid_file, (data_dir / "cluster").stat().st_uid)
    with start() as running:
        assert ask(running.url(), "SELECT 1") == 1


def test_a_half_made_cluster_is_never_taken_for_a_whole_one(start: Start, data_dir: Path) -> None:
    half = data_dir / f"{MAKING}left"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with start() as running:
        assert ask(running.url(), "SELECT 1") == 1
    assert not half.exists()


def test_killed_in_the_middle_of_initdb_the_next_start_makes_a_whole_cluster(
    start: Start, data_dir: Path, which: str
) -> None:
    with User(data_dir, which) as user:
        user.go_on()
        wait_for(lambda: any(data_dir.glob(f"{MAKING}*/*")))
    with start() as running:
        assert ask(running.url(), "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_one(
    data_dir: Path, installation: postgres.Installation
) -> None:
    long = data_dir.parent / ("长" * 40) / "data"
    with postgres.start(long, installation=installation, shared_buffers=SMALL) as running:
        sockets = running.socket_dir
        assert sockets.name.startswith(SHORT_SOCKETS)
        assert len(os.fsencode(sockets / SOCKET)) <= SOCKET_PATH_MAX_BYTES
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert ask(running.url(), "SELECT 1") == 1
    assert not sockets.exists()


@pytest.mark.parametrize("name", ["with space", "a,b", "per%20cent", 'quote"', "人"])
def test_any_folder_name_serves(data_dir: Path, installation: postgres.Installation, name: str) -> None:
    with postgres.start(data_dir.parent / name, installation=installation, shared_buffers=SMALL) as running:
        assert ask(running.url(), "SELECT 1") == 1


def refused(start: Start, kind: type[Problem]) -> str:
    with pytest.raises(kind) as caught:
        start()
    assert caught.value.remedy_zh
    assert caught.value.remedy_en
    return str(caught.value)


def test_a_file_where_the_directory_should_be_is_refused(start: Start, data_dir: Path) -> None:
    data_dir.write_text("in the way")
    assert str(data_dir) in refused(start, postgres.DataDirectoryNotWritable)


def test_another_version_s_directory_is_refused(start: Start, data_dir: Path) -> None:
    start().leave()
    (data_dir / "cluster/PG_VERSION").write_text("9.6\n")
    assert "9.6" in refused(start, postgres.DataDirectoryOfAnotherVersion)


def test_another_user_s_directory_is_refused(
    start: Start, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.mkdir()
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    refused(start, postgres.DataDirectoryOfAnotherUser)


def test_a_server_that_gives_up_is_quoted_and_leaves_nothing_behind(start: Start, data_dir: Path) -> None:
    bad = functools.partial(start, settings={"no_such_setting": "1"})
    assert "no_such_setting" in refused(bad, postgres.DatabaseDidNotStart)
    with start() as running:
        assert running.process is not None


def test_a_full_disk_is_told_from_other_failures(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1))
    refused(start, postgres.DiskFull)


def test_a_start_that_never_ends_elsewhere_is_not_waited_for_for_ever(start: Start, data_dir: Path) -> None:
    start().leave()
    with locks.alone(data_dir / "change.lock", 1):
        assert "change.lock" in refused(functools.partial(start, timeout_s=0.1), postgres.DataDirectoryBusy)


def test_logs_older_than_a_week_go(start: Start, data_dir: Path) -> None:
    start().leave()
    old = data_dir / "log/old.log"
    old.write_text("long ago")
    os.utime(old, (0, 0))
    start().leave()
    assert not old.exists()


def test_statements_and_values_stay_out_of_the_log(start: Start, data_dir: Path) -> None:
    with start() as running:
        tell(running.url(), "CREATE TABLE people (id_number text PRIMARY KEY)")
        tell(running.url(), "INSERT INTO people VALUES ('secret-number')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            tell(running.url(), "INSERT INTO people VALUES ('secret-number')")
    logged = "".join(log.read_text() for log in (data_dir / "log").glob("*.log"))
    assert "duplicate key" in logged
    assert "secret-number" not in logged


def test_everything_listed_is_there() -> None:
    first, *system = postgres.installations()
    assert (first.name, first.major) == ("wheel", 18)
    assert all(found.major >= 15 and found.bin("postgres").is_file() for found in system)
    assert postgres.default_data_dir().is_absolute()
    with pytest.raises(postgres.PostgresMissing):
        postgres.installed(Path("/nowhere"))


def test_programs_out_of_the_server_user_s_reach_are_copied_once(data_dir: Path) -> None:
    real = postgres.wheel()
    closed = data_dir.parent / "closed"
    (closed / "bin").mkdir(parents=True)
    shutil.copy(real.bin("postgres"), closed / "bin")
    closed.chmod(0o700)
    stranger = Account("stranger", 54321, 54321)
    wheel = postgres.Installation("wheel", closed / "bin", real.major)
    copied = wheel.within_reach(stranger, data_dir.parent)
    assert stranger.barrier(copied.bin("postgres")) is None
    said = subprocess.run(
        [copied.bin("initdb"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert f" {real.major}" in said, "initdb finds its libraries beside the copy"
    made_ns = copied.bin("postgres").stat().st_ctime_ns
    assert wheel.within_reach(stranger, data_dir.parent).bin("postgres").stat().st_ctime_ns == made_ns
    assert stranger.barrier(closed / "bin/postgres") == closed
