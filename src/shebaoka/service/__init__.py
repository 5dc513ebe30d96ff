"""What serves the programme as a whole: it reads and follows all the rooms below, and none of them knows it."""
