"""Photos, each with where it comes from."""
