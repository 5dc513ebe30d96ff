"""Messages to people: what happened to their card, by text message and in the app."""
