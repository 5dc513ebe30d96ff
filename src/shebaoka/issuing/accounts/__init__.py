"""The bank account on the card, opened through the applicant's bank."""
