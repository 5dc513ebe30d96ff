"""`shebaoka staff`."""

from __future__ import annotations

from typing import Annotated

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound
from shebaoka.records import id_number as numbers
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.staff.accounts import reset_second_factor
from shebaoka.registry.staff.commands import (
    create_client,
    create_first_administrator,
    end_resident_sessions,
    reset_password,
)
from shebaoka.registry.staff.views import account

app = typer.Typer(no_args_is_help=True, help="账号 · accounts")
Login = Annotated[str, typer.Option(help="登录名 · log-in name")]
Password = Annotated[
    str | None,
    typer.Option(
        help="密码，缺省为询问（命令行参数他人看得见） · password; asked for when left out, as others can see a command line"
    ),
]


def _asked(password: str | None) -> str:
    """Give the password, asked for where it was left out; the question stays out of what programs read."""
    text: str = password or typer.prompt(
        "密码 · password", hide_input=True, confirmation_prompt="再输一次 · once more", err=True
    )
    return text


@app.command("first-administrator")
def first_administrator(
    *,
    login: Login,
    name: Annotated[str, typer.Option(help="姓名 · name")],
    password: Password = None,
    as_json: AsJson = False,
) -> None:
    """建立第一个管理员；此后由其建立其他账号 · Make the first administrator, who makes all other accounts."""
    secret = _asked(password)

    async def act(city: City) -> int:
        return await create_first_administrator(city.database, login=login, name=name, password=secret)

    with refusals(as_json) as settings:
        number = with_city(settings, act)
    say_json({"staff_id": str(number)}) if as_json else say(f"已建立 · made: {login}")


@app.command("reset-password")
def reset(*, login: Login, password: Password = None, as_json: AsJson = False) -> None:
    """为忘记密码的人重设密码，并结束其全部会话 · Set a new password for somebody who forgot it, and end all their sessions."""
    secret = _asked(password)

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            return await reset_password(work, login, secret)

    with refusals(as_json) as settings:
        number = with_city(settings, act)
    say_json({"staff_id": str(number)}) if as_json else say(f"已重设 · set: {login}")


@app.command("reset-second-factor")
def reset_factor(*, login: Login, as_json: AsJson = False) -> None:
    """取消丢失手机的人的两步验证，并结束其全部会话 · Take away the second factor of somebody who lost the telephone, and end all their sessions."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            member = await account(work, login)
            if member is None:
                raise NotFound(f"login {login}")
            await reset_second_factor(work, member.staff_id)
            return member.staff_id

    with refusals(as_json) as settings:
        number = with_city(settings, act)
    say_json({"staff_id": str(number)}) if as_json else say(f"已重置 · reset: {login}")


@app.command("log-out-resident")
def log_out_resident(
    *,
    id_number: Annotated[str, typer.Option("--id-number", help="证件号码 · ID number")],
    as_json: AsJson = False,
) -> None:
    """结束一位市民的全部网上会话，如手机被盗 · End all online sessions of a resident, as after a telephone was stolen."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            number = numbers.parse(id_number, on=work.today, invented_allowed=invented)
            person = await people.find(work, number.text)
            if person is None:
                raise NotFound("--id-number")
            return await end_resident_sessions(work, person.person_id)

    with refusals(as_json) as settings:
        ended = with_city(settings, act)
    say_json({"ended": ended}) if as_json else say(f"已结束 {ended} 个会话 · sessions ended: {ended}")


@app.command("client")
def client(
    *,
    client_id: Annotated[str, typer.Option("--id", help="客户端编号 · client id")],
    institution: Annotated[str, typer.Option(help="机构代码 · code of the institution")],
    role: Annotated[str, typer.Option(help="角色，如 bank_system · role, such as bank_system")],
    as_json: AsJson = False,
) -> None:
    """为机构系统建立客户端；密钥只显示这一次 · Make a client for an institution's system; its secret is shown once."""

    async def act(city: City) -> str:
        async with city.database.work(OPERATOR) as work:
            found = await institutions.by_code(work, institution)
            if found is None:
                raise NotFound(f"--institution {institution}")
            return await create_client(
                work, client_id=client_id, institution_id=found.institution_id, role=role
            )

    with refusals(as_json) as settings:
        secret = with_city(settings, act)
    say_json({"client_id": client_id, "secret": secret}) if as_json else say(f"{client_id} {secret}")
