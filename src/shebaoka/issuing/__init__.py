"""From application to delivery: how a city hands everybody a new card."""
