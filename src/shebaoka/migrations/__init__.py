"""The schema's history: plain SQL files, and the list of revisions that alembic walks."""
