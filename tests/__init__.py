import os

# No test, drill or benchmark reads the .env file of its user, nor does what it starts.
os.environ["ENV_FILE"] = os.devnull
