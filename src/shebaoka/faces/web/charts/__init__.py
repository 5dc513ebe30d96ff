"""Charts as pictures: drawn here as SVG that stands alone, for pages, for reports, and as PNG."""
