"""Going to people: visits at home, stations and stalls, and work that is captured without a network."""
