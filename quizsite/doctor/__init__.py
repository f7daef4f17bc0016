"""What `manage.py doctor` looks at: whether this site works, and what to do where it doesn't."""
