"""What people and partners are served with around the issuing of cards."""
