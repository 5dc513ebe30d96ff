"""One declaration per file on the chip, with vectors and source."""
