"""Official files into figures: tables are read and checked, then brought in as a whole or not."""
