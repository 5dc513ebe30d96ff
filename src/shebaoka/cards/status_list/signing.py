"""The key that signs status lists: a file of its own, readable by its owner only."""

from __future__ import annotations

from shebaoka.kit.settings import Settings
from shebaoka.kit.sm2 import SecretKey
from shebaoka.kit.sm2_files import make_secret, read_secret


def signing_key(settings: Settings) -> SecretKey:
    """Give the city's key; beside the embedded database it is made when there is none. Raises SmTwoFileUnusable."""
    path = settings.status_list_key_path
    return read_secret(path) if settings.database_url else make_secret(path)
