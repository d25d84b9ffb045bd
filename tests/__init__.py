"""Tests of everything; `python -m tests.…` runs what is kept beside them."""

import os

# What only few may read is sealed with the same key in every process that a test starts.
os.environ.setdefault("PERPETUAL_SEALING_KEYS", "A" * 43 + "=")
