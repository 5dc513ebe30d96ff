"""What employers and banks settle between them: the bank of the staff's cards, and collections at the employer."""
