"""Officers log in at the command line where one person's word is not enough."""

from __future__ import annotations

from datetime import date
from typing import Final

import typer

from shebaoka.cli.common import OPERATOR
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.gatekeeper import Gatekeeper
from shebaoka.registry.staff.model import Admission, Next
from shebaoka.registry.staff.roles import allowed

HERE: Final = "command line"


async def officer(city: City, whom: str, permission: str) -> Actor:
    """Let an officer log in here, with password and code; the session ends at once. LogInRefused, CodeRefused, Forbidden."""

    async def must(role: str, on: date) -> bool:
        async with city.database.work(OPERATOR) as work:
            return (await load(work)).second_factor(role, on)

    gatekeeper = Gatekeeper(city.database, must=must)
    typer.echo(f"— {whom} —", err=True)
    login = typer.prompt("登录名 · login", err=True)
    found = await gatekeeper.log_in(login, typer.prompt("密码 · password", hide_input=True, err=True), HERE)
    while not isinstance(found, Admission):
        if found.next != Next.CODE:
            raise typer.BadParameter(
                "请先在网页登录一次，完成设置 · log in on the pages once, and finish setting up"
            )
        code = typer.prompt("验证码 · code", hide_input=True, err=True)
        found = (await gatekeeper.steps.give_code(found.ticket, code, HERE)).then
    actor = await gatekeeper.authenticate(found.token)
    await gatekeeper.revoke(found.token)
    allowed(actor, permission)
    return actor
