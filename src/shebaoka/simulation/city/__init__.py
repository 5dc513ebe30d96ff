"""The demo city: a whole city of invented people, written from a seed as the files an operator would import."""

from shebaoka.simulation.city.build import CityFolderTaken, CitySummary, build_city

__all__ = ["CityFolderTaken", "CitySummary", "build_city"]
