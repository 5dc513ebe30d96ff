"""The interfaces that institutions' systems post to, by address."""

from __future__ import annotations

from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals.app import Door, Terminals
from shebaoka.faces.terminals.guarding import Guard
from shebaoka.faces.terminals.national import acting, endpoint
from shebaoka.faces.terminals.shanghai import endpoint as shanghai
from shebaoka.kit.city import City


def create_terminals(city: City, rules: RulesKeeper) -> Terminals:
    """Give the application that takes messages of institutions' systems."""
    doors: dict[str, Door] = {
        acting.NAME: endpoint.Endpoint(city, rules),
        shanghai.NAME: shanghai.Endpoint(city, rules),
    }
    return Terminals(Guard(city.database, rules), doors)
