"""`shebaoka keys`."""

from __future__ import annotations

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.registry.people.commands import reseal_due
from shebaoka.registry.people.model import ResealResult

app = typer.Typer(no_args_is_help=True, help="个人信息数据密钥 · data keys of personal data")


@app.command("rotate")
def rotate(*, as_json: AsJson = False) -> None:
    """生成新的数据密钥；两分钟后新数据即用新钥 · Make a new data key; new data is sealed with it two minutes later."""

    async def act(city: City) -> int:
        async with city.database.work(OPERATOR) as work:
            number = await work.vault.add_key(work.connection, "seal")
            work.record(0, "key.rotated", f"data_key:{number}")
            return number

    with refusals(as_json) as settings:
        number = with_city(settings, act)
    say_json({"key_no": number}) if as_json else say(f"新密钥编号 {number} · the new key is number {number}")


@app.command("reseal")
def reseal(*, as_json: AsJson = False) -> None:
    """将旧密钥封存的身份信息改用现行密钥；可随时中断、重跑 · Seal identities anew that older keys sealed; safe to stop and repeat."""

    async def act(city: City) -> ResealResult:
        return await reseal_due(city.database)

    with refusals(as_json) as settings:
        result = with_city(settings, act)
    say_json(result) if as_json else say(f"已改封 {result.people} 人 · resealed {result.people} people")
