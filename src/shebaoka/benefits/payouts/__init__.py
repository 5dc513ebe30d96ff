"""Payouts: benefits that are owed are paid through the banks, each exactly once."""
