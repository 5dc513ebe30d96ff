"""Medical insurance: who is insured in what, by which dated rules, and what a bill comes to."""
