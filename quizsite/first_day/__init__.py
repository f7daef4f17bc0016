"""The list that leads a new operator through the first day, on the admin's first page."""
