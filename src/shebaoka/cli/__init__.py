"""The command line: `shebaoka --help`."""

from __future__ import annotations

import typer

from shebaoka.cli import (
    audit,
    banking,
    benefits,
    card_keys,
    cards,
    conformance,
    contributions,
    dashboard,
    demo,
    helpdesk,
    jobs,
    keys,
    ledger,
    lists,
    messages,
    migrate,
    outreach,
    parcels,
    payouts,
    photos,
    production,
    programme,
    reader,
    readiness,
    serve,
    simulate,
    staff,
    status_lists,
    stock,
    wechat,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="社保卡换发与服务系统 · The system a city runs its social-security card on",
)
app.command("demo")(demo.demo)
app.command("simulate")(simulate.simulate)
app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("reader")(reader.reader)
app.add_typer(programme.app, name="programme")
app.add_typer(benefits.app, name="benefits")
app.add_typer(conformance.app, name="conformance")
app.add_typer(payouts.app, name="payouts")
app.add_typer(contributions.app, name="contributions")
app.add_typer(banking.app, name="banking")
app.add_typer(ledger.app, name="ledger")
app.add_typer(lists.app, name="roster")
app.add_typer(jobs.app, name="jobs")
app.add_typer(cards.app, name="card")
app.add_typer(card_keys.app, name="card-keys")
app.add_typer(stock.app, name="stock")
app.add_typer(dashboard.app, name="dashboard")
app.add_typer(photos.app, name="photos")
app.add_typer(production.app, name="production")
app.add_typer(parcels.app, name="parcels")
app.add_typer(messages.app, name="messages")
app.add_typer(readiness.app, name="readiness")
app.add_typer(outreach.app, name="outreach")
app.add_typer(helpdesk.app, name="helpdesk")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(staff.app, name="staff")
app.add_typer(status_lists.app, name="status-list")
app.add_typer(wechat.app, name="wechat")
