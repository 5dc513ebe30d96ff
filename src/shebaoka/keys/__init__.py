"""The card keys of a city: how they follow from each other, where they are kept, and who may use them for what."""
