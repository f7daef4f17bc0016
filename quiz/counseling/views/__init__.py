"""The counselors' area; every view in it is behind `counselor_required`, but for joining."""
