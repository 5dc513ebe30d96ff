"""How institutions become live, and the evidence for it."""
