from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sandbox_driver import PATIENCE_SECONDS, TOKEN, Sandbox, command, furnished, started, until

PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(own_folder: Path, number: signal.Signals) -> None:
    with started(own_folder) as sandbox:
        assert sandbox.http.get("/_stats").status_code == 200
        sandbox.process.send_signal(number)
        assert sandbox.process.wait() == 0
        assert sandbox.process.stdout
        assert sandbox.process.stdout.read() == ""


def test_it_ends_when_its_parent_is_killed(own_folder: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *command(own_folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout
        child, _, ready = parent.stdout.readline().partition(" ")
        url = json.loads(ready)["url"]
        parent.kill()
    until(lambda: _is_gone(url))
    until(lambda: not _is_running(int(child)))


def _is_gone(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return True
    return False


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_it_is_reached_from_this_machine_only(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")
    with socket.socket() as elsewhere:
        elsewhere.settimeout(5)
        # 127.0.0.2 is this machine too, but not the address it is bound to.
        assert elsewhere.connect_ex(("127.0.0.2", int(sandbox.url.rpartition(":")[2]))) != 0


@pytest.mark.parametrize("path", ["/_faults", "/_stats", "/courier/v1/events"])
@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_without_the_token_nobody_enters(sandbox: Sandbox, path: str, token: str) -> None:
    response = httpx.get(sandbox.url + path, headers={"Authorization": token})
    assert response.status_code == 401
    assert "error" in response.json()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--port", "{taken}"], "cannot be used"),
        (["--port", "99999"], "cannot be used"),
        (["--token", ""], "no token"),
        (["--bureau-key", "world.csv"], "64 hex digits"),
        (["--city-key", "world.csv"], "130"),
        (["--bureau-key", "nowhere"], "nowhere"),
        (["--world", "nowhere"], "nowhere"),
        (["--state", "world.csv"], "world.csv"),
    ],
)
def test_it_says_why_it_does_not_start(own_folder: Path, more: list[str], said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = [word.format(taken=taken.getsockname()[1]) for word in more]
        ended = subprocess.run(
            command(own_folder, *options),
            capture_output=True,
            text=True,
            cwd=own_folder,
            check=False,
            timeout=PATIENCE_SECONDS,
            env=_without_token(),
        )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_bureau_needs_its_key(own_folder: Path) -> None:
    words = command(own_folder)
    at = words.index("--bureau-key")
    ended = subprocess.run(
        words[:at] + words[at + 2 :], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    assert ended.returncode == 2
    assert "go together" in ended.stderr


def _without_token() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "SHEBAOKA_SANDBOX_TOKEN"}


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ("id_number,name\n1,王\n", "deceased"),
        ("id_number,name,deceased,id_card_photo,student_card_photo,home\n1,王,0,1,1,yes\n", "home"),
        (
            "id_number,name,deceased,id_card_photo,student_card_photo,home\n1,王,0,1,1,1\n1,李,0,1,1,1\n",
            "of its own",
        ),
        ("", "world.csv"),
    ],
)
def test_a_wrong_world_is_named(own_folder: Path, world: str, said: str) -> None:
    (own_folder / "world.csv").write_text(world)
    ended = subprocess.run(
        command(own_folder), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_empty_world_knows_nobody(tmp_path: Path) -> None:
    with started(furnished(tmp_path, [])) as sandbox:
        asked = {"reference": "r", "id_number": "1", "name": "王"}
        assert sandbox.ask("/register/v1/verifications", [asked]) == [
            {"reference": "r", "outcome": "unknown"}
        ]
