"""Care in another province: registration, guests of our hospitals, our patients elsewhere, and what provinces owe each other."""
