"""Every command says what it is for, in both languages, and answers a program where one might ask."""

from __future__ import annotations

import pytest
import typer
from tests.chain.command_line import bilingual, shebaoka
from typer.testing import CliRunner

from shebaoka.cli import app

# They print for a person, write a file, or run until told to stop: no program reads their answer.
WITHOUT_JSON = {
    "serve",
    "reader",
    "card face",
    "card virtual",
    "roster template",
    "jobs list",
}


def commands(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield " ".join((*path, name)), command
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


ALL = dict(commands(typer.main.get_command(app)))
LEAVES = {path: command for path, command in ALL.items() if not hasattr(command, "commands")}


@pytest.mark.parametrize("path", ["", *ALL])
def test_help_speaks_both_languages(path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    told = CliRunner().invoke(app, [*path.split(), "--help"])
    assert told.exit_code == 0, told.output
    assert bilingual(told.output)
    assert "Usage" in told.output


@pytest.mark.parametrize("path", LEAVES)
def test_every_option_and_argument_is_explained_in_both_languages(path):
    for parameter in LEAVES[path].params:
        told = getattr(parameter, "help", None)
        assert told, f"{path} {parameter.name}: no help"
        assert parameter.name == "help" or bilingual(told), f"{path} {parameter.name}: {told}"


def test_a_program_can_ask_every_command():
    without = {
        path for path, command in LEAVES.items() if "as_json" not in {one.name for one in command.params}
    }
    assert without == WITHOUT_JSON


def test_the_installed_program_answers(tmp_path):
    told = shebaoka(tmp_path, "--help")
    assert told.code == 0
    for name in ("demo", "serve", "migrate", "programme", "roster", "audit"):
        assert name in told.out
    assert not list(tmp_path.iterdir()), "asking for help makes nothing"
