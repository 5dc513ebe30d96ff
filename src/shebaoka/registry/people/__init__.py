"""Everybody in the register."""
