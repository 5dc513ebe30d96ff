"""Card keys: versions, ceremonies, uses, and what the card bureau has of them."""

from shebaoka.migrations.script import run_file

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0022_keys.sql")
