"""Shanghai's fifth-phase messages: its envelope, its cards, its segments of a bill, and one function a message."""
