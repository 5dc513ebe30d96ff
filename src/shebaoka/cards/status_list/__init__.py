"""The status list: publishing which cards are void and suspended, for terminals that lose the network."""
