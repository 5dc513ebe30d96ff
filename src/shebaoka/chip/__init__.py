"""The card's chip as terminals know it: files, commands, proofs. Pure."""
