"""Where people go: address, telephone, hours, what one can do there, how many wait."""
