"""Several commands at once share the embedded server: the first starts it, the last to leave stops it."""

from __future__ import annotations

from tests.chain.command_line import at_once, begin, open_folder, shebaoka

from shebaoka.kit import postgres


def test_commands_join_the_server_that_runs(home):
    with postgres.start(home / "postgres") as running:
        before = running.postmaster_pid
        first, *others = at_once([begin(home, "roster", "list", "--json") for _ in range(3)])
        assert [one.did() for one in others] == [first.did()] * 2
        assert running.postmaster_pid == before, "nobody stopped the server under us"


def test_two_commands_make_the_city_at_once():
    with open_folder() as folder:
        ran = at_once([begin(folder, "audit", "verify", "--json") for _ in range(2)])
        assert [one.did()["verified"] for one in ran] == [True, True]
        assert shebaoka(folder, "audit", "verify", "--json").code == 0


def test_the_last_to_leave_stops_the_server(home):
    shebaoka(home, "roster", "list", "--json").did()
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()
    assert not list((home / "postgres").rglob("postmaster.pid"))
