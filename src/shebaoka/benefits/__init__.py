"""Using the card: what medical insurance pays, and what it has paid."""
