"""Recalled cards, hand-overs, redirected parcels, manifests."""

from shebaoka.migrations.script import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0011_delivery.sql")
