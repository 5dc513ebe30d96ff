"""Blank cards at the outlets that issue on the spot: a ledger per outlet that reconciles."""
