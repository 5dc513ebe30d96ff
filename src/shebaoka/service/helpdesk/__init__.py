"""Hotlines: whose line a topic is, who calls, what they are told, and the cases that come of it."""
