"""Who there is: people, institutions, staff and the rules of the programme."""
