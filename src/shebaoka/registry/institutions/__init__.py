"""Every organisation that takes part in the programme."""
