"""`shebaoka audit`."""

from __future__ import annotations

import typer

from shebaoka.cli.common import REFUSED, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.audit import Verdict, seal_due, verify
from shebaoka.kit.city import City

app = typer.Typer(no_args_is_help=True, help="审计日志 · the audit log")


@app.command("verify")
def verify_command(*, as_json: AsJson = False) -> None:
    """核验审计链：任何改动、删除、插入、重排或截尾都会被发现 · Verify the chain; exit code 1 when history was rewritten."""

    async def act(city: City) -> Verdict:
        return await verify(city.database, city.settings.checkpoints_path)

    with refusals(as_json) as settings:
        verdict = with_city(settings, act)
    if as_json:
        say_json(verdict)
    else:
        _say_verdict(verdict)
    if not verdict.verified:
        raise typer.Exit(REFUSED)


def _say_verdict(verdict: Verdict) -> None:
    word = "审计链完整 · verified" if verdict.verified else "审计链被改动 · NOT verified"
    say(
        f"{word}: {verdict.batches} 批 batches, {verdict.facts} 条 facts, {verdict.unsealed} 条待封 not yet sealed"
    )
    say(f"库外检查点 checkpoints outside the database: {verdict.checkpoints}")
    for finding in verdict.findings:
        say(f"  ! {finding}")


@app.command("seal")
def seal_command(*, as_json: AsJson = False) -> None:
    """立即封存尚未封存的审计记录 · Seal what is not yet sealed (the service does it by itself every second)."""

    async def act(city: City) -> int:
        return await seal_due(city.database, city.settings.checkpoints_path)

    with refusals(as_json) as settings:
        sealed = with_city(settings, act)
    say_json({"sealed": sealed}) if as_json else say(f"已封存 {sealed} 条 · sealed {sealed} facts")
