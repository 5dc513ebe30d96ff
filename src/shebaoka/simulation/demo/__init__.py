"""The demo: a city of invented people changes its card, through the commands and importers that an operator uses."""
