"""Payments as banks are told of them and tell of them: ISO 20022 credit transfers, their status reports, statements."""
