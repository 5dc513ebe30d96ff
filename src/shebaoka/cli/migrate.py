"""`shebaoka migrate`."""

from __future__ import annotations

from typing import Annotated

import typer

from shebaoka.cli.common import AsJson, refusals, say, say_json


def migrate(
    *,
    citus: Annotated[
        bool,
        typer.Option(
            "--citus", help="随后按人分布到 Citus 集群 · then distribute the tables over a Citus cluster"
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """将数据库升级到最新结构 · Bring the database to the newest schema."""
    from shebaoka import wiring  # noqa: PLC0415 - loads every room

    with refusals(as_json) as settings, wiring.database_url(settings) as url:
        done = wiring.migrate(settings, url, citus=citus)
    if as_json:
        say_json({"migrated": True, "steps": done})
    else:
        say("数据库已是最新结构 · The database is up to date")
        for step in done:
            say(f"  {step}")
