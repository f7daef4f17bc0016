"""A believable site for development, screenshots and browser tests; `manage.py demo` writes it."""
