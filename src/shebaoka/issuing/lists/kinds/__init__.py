"""What each kind of list does with its good rows."""
