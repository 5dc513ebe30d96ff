"""The JSON interface: typed, authenticated, authorised per route and organisation, idempotent, deny by default."""
