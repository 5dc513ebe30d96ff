"""The service as a process: it takes its port or says who has it, finishes what is under way, and ends when told."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import psycopg
import pytest
from tests.conftest import MASTER_KEY

from shebaoka.faces.listening import address, listen

SHEBAOKA = Path(sys.executable).with_name("shebaoka")
LONGEST_SECONDS = 300


@pytest.fixture
def environment(database_url, tmp_path):
    key = tmp_path / "master.key"
    key.write_text(MASTER_KEY.hex() + "\n")
    key.chmod(0o600)
    return os.environ | {
        "SHEBAOKA_DATABASE_URL": database_url, "SHEBAOKA_MASTER_KEY_FILE": str(key), "SHEBAOKA_DATA_DIR": str(tmp_path),
    }  # fmt: skip


@contextmanager
def serving(environment):
    """Run the service, and give the process and its address."""
    process = subprocess.Popen(
        [SHEBAOKA, "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line + process.stderr.read()
        until(lambda: answers(found[0]))
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def answers(url):
    try:
        return httpx.get(f"{url}/readyz", timeout=LONGEST_SECONDS).status_code == 200
    except httpx.TransportError:
        return False


def until(true):
    deadline = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not come about"


@contextmanager
def a_request_under_way(url, database_url):
    """Hold back a log-in in the database; its answer stands in the list that is given, once it has come."""
    found = []

    def ask():
        try:
            body = {"login": "somebody", "password": "twelve-letters-at-least"}
            found.append(httpx.post(f"{url}/api/sessions", json=body, timeout=LONGEST_SECONDS).status_code)
        except httpx.TransportError as error:
            found.append(type(error).__name__)

    with psycopg.connect(database_url) as holding, psycopg.connect(database_url, autocommit=True) as watching:
        holding.execute("LOCK TABLE staff IN ACCESS EXCLUSIVE MODE")
        asking = Thread(target=ask)
        asking.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'staff'::regclass"
        until(lambda: watching.execute(waiting).fetchone()[0])
        yield found, holding
        holding.rollback()
    asking.join(LONGEST_SECONDS)


def test_a_signal_lets_what_is_under_way_finish(environment, database_url):
    with serving(environment) as (process, url), a_request_under_way(url, database_url) as (found, holding):
        process.send_signal(signal.SIGTERM)
        until(lambda: httpx.get(f"{url}/readyz", timeout=LONGEST_SECONDS).status_code == 503)
        assert process.poll() is None
        assert found == []
        holding.rollback()
        assert process.wait(LONGEST_SECONDS) == 0
        until(lambda: found)
        assert found == [401]


def test_a_second_signal_ends_at_once(environment, database_url):
    with serving(environment) as (process, url), a_request_under_way(url, database_url) as (found, _):
        process.send_signal(signal.SIGTERM)
        until(lambda: httpx.get(f"{url}/readyz", timeout=LONGEST_SECONDS).status_code == 503)
        process.send_signal(signal.SIGTERM)
        # The table is still held: the request cannot have finished.
        process.wait(LONGEST_SECONDS)
        until(lambda: found)
        assert 401 not in found


def refused(url, caller):
    """Try a password as a caller behind the proxy, who may have forged what comes before the last address."""
    body = {"login": f"nobody-{caller}", "password": "twelve-letters-at-least"}
    headers = {"X-Forwarded-For": f"203.0.113.77, {caller}"}
    return httpx.post(f"{url}/api/sessions", json=body, headers=headers, timeout=LONGEST_SECONDS)


def test_one_who_guesses_behind_a_trusted_proxy_keeps_nobody_else_out(environment):
    with serving(environment) as (_, url):
        assert [refused(url, "192.0.2.1").status_code for _ in range(11)] == [401] * 10 + [429]
        assert refused(url, "192.0.2.2").status_code == 401


def test_where_a_stranger_says_a_request_came_from_is_not_believed(environment):
    with serving(environment | {"SHEBAOKA_TRUSTED_PROXIES": "192.0.2.9"}) as (_, url):
        assert [refused(url, f"198.51.100.{n}").status_code for n in range(11)] == [401] * 10 + [429]


HEAD = b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Long: "
CHUNKED = b"POST /api/sessions HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Long: "


@pytest.mark.parametrize("beginning", [HEAD, CHUNKED], ids=["head", "trailers"])
def test_a_request_without_an_end_is_hung_up_on(environment, beginning):
    with serving(environment) as (_, url):
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS) as stranger:
            stranger.sendall(beginning)
            with pytest.raises(OSError):
                for _ in range(64):
                    stranger.sendall(b"a" * 2**20)
        assert answers(url)


def test_an_idle_service_ends_when_told(environment):
    with serving(environment) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(LONGEST_SECONDS) == 0


@pytest.mark.parametrize(("host", "written"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_the_address_told_can_be_opened(host, written):
    with listen(host, 0) as listener:
        assert address(listener) == f"http://{written}:{listener.getsockname()[1]}"


def test_a_port_that_is_taken_is_named(environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [SHEBAOKA, "serve", "--port", str(port)],
            env=environment,
            capture_output=True,
            check=False,
            text=True,
            timeout=LONGEST_SECONDS,
        )
    assert done.returncode == 1
    assert "端口已被占用" in done.stderr
    assert f"127.0.0.1:{port}" in done.stderr


def test_the_audit_log_is_sealed_while_it_serves(environment, database_url):
    with serving(environment) as (_, url), psycopg.connect(database_url, autocommit=True) as watching:
        httpx.post(f"{url}/api/sessions", json={"login": "somebody", "password": "twelve-letters-at-least"})
        until(
            lambda: watching.execute("SELECT count(*) FROM audit_fact WHERE batch_no IS NOT NULL").fetchone()[
                0
            ]
        )
