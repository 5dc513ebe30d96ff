"""The ledger: double entry in fen, append-only; what was wrong is reversed, never changed."""
