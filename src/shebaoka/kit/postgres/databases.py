"""Databases of a running server, by the URL of its `postgres` database."""

from __future__ import annotations

import psycopg
from psycopg import sql


def create(url: str, name: str, template: str | None = None) -> None:
    """Create a database unless it is there: empty, or as a copy of `template`, which nobody may be connected to."""
    words = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    if template is not None:
        # Copied as files: where those lie in memory, a seventh of the time that a copy through the log takes.
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None:
            return
        try:
            connection.execute(words)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process created it since we looked


def drop(url: str, name: str) -> None:
    """Drop a database if it is there, and throw out whoever is connected."""
    words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(words)
