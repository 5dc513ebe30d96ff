"""Lists of people as employers, schools and outlets hand them in."""
