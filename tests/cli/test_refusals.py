"""What is refused is refused in plain words, in both languages, with what to do; a program gets one JSON object."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from tests.chain.command_line import (
    PROGRAM,
    bilingual,
    environment,
    here,
    key_file,
    shebaoka,
)

from shebaoka.cli import jobs
from shebaoka.issuing import stages
from shebaoka.issuing.accounts.commands import AccountsOpened
from shebaoka.issuing.applications.commands import Verified
from shebaoka.issuing.photos.commands import Fetched
from shebaoka.issuing.stages import StageReport
from shebaoka.kit.database import DatabaseBusy
from shebaoka.simulation.demo import resetting

MASTER_KEY = bytes(range(16))
ASKING = (
    ("audit", "verify", "--json"),
    ("roster", "list", "--json"),
    ("programme", "explain", "--id-number", "100101196008280012", "--json"),
    ("jobs", "run", "outbox", "--json"),
)
DEMO = ("demo", "--people", "100", "--json")
MIGRATE = ("migrate", "--json")
NOWHERE = "postgresql://nobody:secret@127.0.0.1:1/nothing"


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


@pytest.fixture
def empty(server):
    """A database in which nothing was ever made."""
    server.create_database("cli_empty")
    yield server.url("cli_empty")
    server.drop_database("cli_empty")


@pytest.mark.parametrize("command", [MIGRATE, DEMO, ASKING[0]], ids=" ".join)
def test_a_file_where_the_data_folder_should_be(tmp_path, command):
    (tmp_path / "file").write_text("not a folder")
    problem = shebaoka(tmp_path / "file", *command).refused("data-directory-not-writable")
    assert str(tmp_path / "file") in problem["detail"]
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_file_where_the_demo_folder_should_be(home):
    (home / "demo").write_text("somebody's file")
    try:
        shebaoka(home, *DEMO, database_name="untouched").refused("folder-not-writable")
    finally:
        assert (home / "demo").read_text() == "somebody's file"
        (home / "demo").unlink()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("port", "eighty"), ("port", "70000"), ("prot", "8000"), ("log_level", "loud"), ("config", "/nowhere.toml")],
)  # fmt: skip
def test_a_wrong_setting_is_named(tmp_path, setting, value):
    problem = here(tmp_path, *ASKING[0], **{setting: value}).refused("settings-refused")
    assert f"SHEBAOKA_{setting.upper()}" in problem["detail"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_none_can_be(tmp_path, port):
    served = shebaoka(tmp_path, "serve", "--port", port)
    assert served.code == 2
    assert "Traceback" not in served.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [*ASKING, MIGRATE, DEMO], ids=" ".join)
def test_an_unreachable_database(tmp_path, command):
    key_file(tmp_path, MASTER_KEY)
    refused = here(tmp_path, *command, database_url=NOWHERE).refused("database-unreachable")
    assert "127.0.0.1" in refused["detail"]
    assert "secret" not in str(refused)


@pytest.mark.parametrize("command", ASKING, ids=" ".join)
def test_a_database_that_was_never_migrated(tmp_path, empty, command):
    key_file(tmp_path, MASTER_KEY)
    problem = here(tmp_path, *command, database_url=empty).refused("schema-behind")
    assert "migrate" in problem["remedy_en"]


@pytest.mark.parametrize("found", ["0001", "9999"])
def test_a_schema_older_or_newer_than_the_program(tmp_path, database_url, found):
    key_file(tmp_path, MASTER_KEY)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (found,))
    problem = here(tmp_path, *ASKING[0], database_url=database_url).refused("schema-behind")
    assert found in problem["detail"]


def test_a_newer_schema_is_not_migrated(tmp_path, database_url):
    key_file(tmp_path, MASTER_KEY)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    problem = here(tmp_path, *MIGRATE, database_url=database_url).refused("schema-behind")
    assert "9999" in problem["detail"]


def test_a_migration_that_meets_a_lock_gives_up_and_changes_nothing(tmp_path, database_url):
    key_file(tmp_path, MASTER_KEY)
    with psycopg.connect(database_url) as connection:
        connection.execute("LOCK TABLE alembic_version")
        problem = here(tmp_path, *MIGRATE, database_url=database_url).refused("migration-refused")
    assert "lock timeout" in problem["detail"]


def test_a_migration_by_a_role_that_may_not(tmp_path, empty):
    key_file(tmp_path, MASTER_KEY)
    with psycopg.connect(empty) as connection:
        connection.execute("ALTER DATABASE cli_empty SET default_transaction_read_only = on")
    problem = here(tmp_path, *MIGRATE, database_url=empty).refused("migration-refused")
    assert "read-only" in problem["detail"]


def test_migrating_twice_changes_nothing(tmp_path, empty):
    key_file(tmp_path, MASTER_KEY)
    for _ in range(2):
        assert shebaoka(tmp_path, *MIGRATE, database_url=empty).did()["migrated"] is True
    with psycopg.connect(empty) as connection:
        keys = connection.execute("SELECT count(*) FROM data_key").fetchone()
        rules = connection.execute(
            "SELECT count(*), count(DISTINCT (rule_set, rule_id, valid_from)) FROM programme_rule"
        ).fetchone()
    assert keys == (2,)
    assert rules
    assert rules[0] == rules[1] > 0


def test_another_masters_key(tmp_path, database_url):
    key_file(tmp_path, bytes(16))
    problem = here(tmp_path, *ASKING[1], database_url=database_url).refused("master-key-unusable")
    assert "SHEBAOKA_MASTER_KEY_FILE" in problem["remedy_en"]


def test_a_service_does_not_start_with_another_masters_key(tmp_path, database_url):
    key_file(tmp_path, bytes(16))
    refused = shebaoka(tmp_path, "serve", "--port", "0", database_url=database_url)
    assert refused.code == 1
    assert "serving on" not in refused.out
    assert "SHEBAOKA_MASTER_KEY_FILE" in refused.err


def test_a_migration_without_a_master_key_changes_nothing(tmp_path, empty):
    here(tmp_path, *MIGRATE, database_url=empty).refused("master-key-unusable")
    with psycopg.connect(empty) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (0,)


@pytest.mark.parametrize("step", ["write", "returns"])
def test_a_key_of_the_bureau_s_exchange_that_is_missing_is_not_called_the_master_key(
    tmp_path, database_url, step
):
    key_file(tmp_path, MASTER_KEY)
    ran = here(tmp_path, "jobs", "run", step, "--json", database_url=database_url)
    assert ran.code == 1
    problem = ran.document["stages"][0]["problem"]
    assert problem["type"] == "/problems/bureau-key-unusable"
    assert "production.key" in problem["detail"]
    assert "SHEBAOKA_PRODUCTION_KEY_FILE" in problem["remedy_en"]
    made = here(tmp_path, "production", "key", "--json", database_url=database_url).did()
    assert here(tmp_path, "production", "key", "--json", database_url=database_url).did() == made
    assert len(made["public_key"]) == 130
    ran = here(tmp_path, "jobs", "run", step, "--json", database_url=database_url)
    assert "bureau.pub" in ran.document["stages"][0]["problem"]["detail"]
    Path(made["file"]).chmod(0o644)
    ran = here(tmp_path, "jobs", "run", step, "--json", database_url=database_url)
    assert "chmod 600" in ran.document["stages"][0]["problem"]["detail"]


@pytest.mark.parametrize("command", [ASKING[0], MIGRATE, DEMO], ids=" ".join)
def test_no_master_key_beside_a_database_of_ones_own(tmp_path, database_url, command):
    here(tmp_path, *command, database_url=database_url).refused("master-key-unusable")
    assert not (tmp_path / "keys").exists(), "a key for somebody's database is never made by itself"


def test_a_demo_never_touches_a_real_city(tmp_path, database_url):
    key_file(tmp_path, MASTER_KEY)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO person (person_id, id_digest, sealed, name_digest, content_digest, birth_date, sex, hukou,"
            " insured, insured_status, updated_at)"
            " VALUES (1, 'a', 'b', 'c', 'd', '1990-01-01', 'male', true, 'none', 'none', now())"
        )
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "of-yesterday").touch()
    problem = shebaoka(tmp_path, *DEMO, database_url=database_url).refused("city-in-use")
    assert (tmp_path / "demo" / "of-yesterday").exists(), "refused before anything goes"
    assert "SHEBAOKA_DATABASE_URL" in problem["remedy_en"]
    here(tmp_path, "demo", "--remove", "--json", database_url=database_url).refused("city-in-use")
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (1,)


@pytest.mark.parametrize("command", [DEMO, ("demo", "--remove", "--json")], ids=" ".join)
def test_a_demo_that_runs_is_not_cleared_under_its_feet(tmp_path, database_url, command):
    key_file(tmp_path, MASTER_KEY)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "of-the-other").touch()
    with resetting.held(database_url):
        here(tmp_path, *command, database_url=database_url).refused("demo-running")
    assert (tmp_path / "demo" / "of-the-other").exists(), "refused before anything goes"


def test_a_service_does_not_start_on_a_taken_port(home, taken):
    refused = shebaoka(home, "serve", "--port", taken)
    assert refused.code == 1
    assert bilingual(refused.err)
    assert taken in refused.err
    assert "SHEBAOKA_PORT" in refused.err


def test_a_demo_that_is_going_to_serve_says_so_before_the_long_work(tmp_path, taken):
    """At a terminal it serves when it is done: whoever waits two minutes must not hear of the port only then."""
    said = at_a_terminal(tmp_path, taken)
    assert taken in said
    assert "端口" in said
    assert not list(tmp_path.iterdir()), "nothing was begun"


def at_a_terminal(folder, port):
    """Run the demo with a terminal for its output; give what it said there and that it was refused."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "demo", "--people", "100"], env=environment(folder, port=port), stdin=theirs, stdout=theirs,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        _, err = process.communicate(timeout=300)
    finally:
        process.kill()
        os.close(ours)
    assert process.returncode == 1, err
    return err


@pytest.mark.parametrize(
    ("command", "slug"),
    [
        (("programme", "explain", "--id-number", "100101196008280013"), "id-number-refused"),
        (("programme", "explain", "--id-number", "100101196008280012"), "id-number-refused"),
        (("roster", "import", "/nowhere.xlsx", "--kind", "employer"), "file-unreadable"),
        (("roster", "import", "/dev/null", "--kind", "employer", "--from", "NOBODY"), "not-found"),
        (("roster", "institutions", "/nowhere"), "institutions-refused"),
        (("staff", "client", "--id", "x", "--institution", "NOBODY", "--role", "bank_system"), "not-found"),
        (("staff", "log-out-resident", "--id-number", "100101199001010013"), "id-number-refused"),
        (("staff", "reset-password", "--login", "nobody", "--password", "a good password"), "not-found"),
        (("card", "standing", "--card-number", "short"), None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_cannot_be_done_is_refused_in_both_languages(home, command, slug):
    ran = here(home, *command, "--json")
    if slug is None:
        assert ran.did()["good"] is False
    else:
        ran.refused(slug)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (Verified(verified=3), 0),
        (Verified(partner_down="register: HTTP 503"), 1),
        (Fetched(partner_down="photo stores: HTTP 503"), 1),
        (AccountsOpened(opened=2), 0),
        (AccountsOpened(opened=2, banks_down={"BCM": "HTTP 503"}), 1),
    ],
    ids=str,
)
def test_a_timer_learns_that_a_partner_is_down(home, monkeypatch, counts, code):
    async def run_stage(_city, stage):
        return StageReport(stage.name, counts, None)

    monkeypatch.setattr(jobs, "run_stage", run_stage)
    ran = here(home, "jobs", "run", "verify", "--json")
    assert ran.code == code
    assert len(ran.document["stages"]) == 1


def test_a_bug_in_one_step_is_told_and_the_other_steps_are_run(home, monkeypatch):
    async def broken(_city, _progress):
        raise ZeroDivisionError

    first, *rest = stages.STAGES
    monkeypatch.setattr(jobs, "STAGES", (replace(first, run=broken), *rest))
    ran = here(home, "jobs", "run", "--json")
    assert ran.code == 1
    problems = {stage["stage"]: stage["problem"] for stage in ran.document["stages"]}
    assert problems.pop(first.name)["type"].endswith("step-failed")
    assert problems["seal"] is None
    assert "ZeroDivisionError" in ran.err


def test_whoever_runs_the_steps_is_told_what_to_do_in_both_languages(home, monkeypatch):
    async def run_stage(_city, stage):
        return StageReport(stage.name, None, DatabaseBusy("somebody").document())

    monkeypatch.setattr(jobs, "run_stage", run_stage)
    ran = here(home, "jobs", "run", "verify")
    assert ran.code == 1
    assert all(said in ran.out for said in (DatabaseBusy.remedy_zh, DatabaseBusy.remedy_en, "somebody"))


@pytest.mark.parametrize(
    "command",
    [
        ("demo", "--people", "99"),
        ("card", "standing"),
        ("programme", "explain", "--id-number", "1", "--on", "yesterday"),
        ("jobs", "run", "everything"),
        ("serve", "--port", "70000"),
        ("nothing",),
    ],
    ids=" ".join,
)
def test_a_command_misspelt_ends_with_two_and_makes_nothing(tmp_path, command):
    ran = here(tmp_path, *command)
    assert ran.code == 2
    assert not ran.out
    assert "Traceback" not in ran.err
    assert not list(tmp_path.iterdir())
