"""Who works with the system, and what each may do."""
