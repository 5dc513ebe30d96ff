"""A terminal: a reader of the system's PC/SC service, and what is done with the card in it. Usable without a city's database."""
