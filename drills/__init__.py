"""What the site promises, tried for real: `make drill` (see README.md here)."""
