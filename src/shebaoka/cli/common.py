"""What every command shares: settings, a city to work with, and refusals told in plain words."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
import uvloop

from shebaoka.kit import logs
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.kit.problems import Problem
from shebaoka.kit.settings import Settings, read_settings

T = TypeVar("T")
REFUSED = 1
OPERATOR = Actor("system:command-line", 0, "system")
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 · print one JSON object")]


class FolderNotWritable(Problem):
    """A folder cannot be written to."""

    slug = "folder-not-writable"
    status = 500
    title_zh = "目录不可写"
    title_en = "The folder cannot be written to"
    remedy_zh = "请修改该目录的权限，或另选目录（数据目录用 SHEBAOKA_DATA_DIR 指定）"
    remedy_en = "Change the rights of this folder, or name another one (the data folder: SHEBAOKA_DATA_DIR)"


@contextmanager
def refusals(as_json: bool = False) -> Iterator[Settings]:
    """Read the settings and set up the logs; a refusal is told to the person (or program) and ends with exit code 1."""
    try:
        settings = read_settings()
        logs.configure(settings.log_level, settings.log_format)
        yield settings
    except Problem as problem:
        refuse(problem, as_json)


def refuse(problem: Problem, as_json: bool) -> NoReturn:
    """Tell a refusal and end."""
    if as_json:
        say_json({"problem": problem.document()})
    print(problem.sentence(), file=sys.stderr)  # noqa: T201 - a command's own answer
    raise typer.Exit(REFUSED)


def with_city(settings: Settings, act: Callable[[City], Awaitable[T]]) -> T:
    """Open the city of these settings, act in it, and close it."""
    from shebaoka import wiring  # noqa: PLC0415 - loads every room; `--help` must not wait for it

    async def run(url: str) -> T:
        async with wiring.city(settings, url) as city:
            return await act(city)

    with wiring.ready_database(settings) as url:
        return uvloop.run(run(url))


def say_json(document: Any) -> None:
    """Print one JSON object, in UTF-8 whatever the terminal speaks: programs read it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Print a line for people, at once: what follows may take long."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
