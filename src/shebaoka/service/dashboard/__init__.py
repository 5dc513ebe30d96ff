"""How far the programme is: by day, district, bank, channel and group, against its targets."""
