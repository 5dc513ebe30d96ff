"""A social-security card in software: as honest as one of plastic."""
