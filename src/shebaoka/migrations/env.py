"""Run by alembic: opens one connection and migrates in one transaction, with time-outs on locks."""

import psycopg
import sqlalchemy
from alembic import context


def run() -> None:
    """Migrate the database that the caller named."""
    url = context.config.attributes["url"]
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url, options="-c lock_timeout=4s"),
        poolclass=sqlalchemy.pool.NullPool,
    )
    with engine.connect() as connection:
        context.configure(connection=connection, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()


run()
