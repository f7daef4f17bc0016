"""The counselors' pages. Every view except `join` requires a counselor."""
