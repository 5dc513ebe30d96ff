"""Write `schema.sql`: the whole schema as the migrations make it, for people to read and a test to hold.

Run: .venv/bin/python -m tools.dump_schema
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from shebaoka.kit import postgres
from shebaoka.kit.migrate import upgrade

SCHEMA = Path(__file__).parents[1] / "schema.sql"


def dump(pg_dump: Path, url: str) -> str:
    """Give the schema of a database as SQL, without what differs from run to run."""
    done = subprocess.run(
        [pg_dump, "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=alembic_version*", url],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [
        line
        for line in done.stdout.splitlines()
        if not re.match(r"--|SET |SELECT pg_catalog|\\(un)?restrict", line)
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def made_by_migrations() -> str:
    """Migrate a throw-away database and give its schema."""
    with tempfile.TemporaryDirectory(prefix="shebaoka-schema-") as folder:
        Path(folder).chmod(0o755)
        with postgres.start(Path(folder) / "data") as running:
            upgrade(running.url())
            return dump(running.bin("pg_dump"), running.url())


if __name__ == "__main__":
    SCHEMA.write_text(made_by_migrations(), "utf-8")
