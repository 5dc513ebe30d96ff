"""The whole programme in time: two and a half years, day by day, held against what was published."""
