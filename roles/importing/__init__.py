"""Import figures from official files: parse and check them, then apply everything or nothing."""
