"""People who work for us: who they are, what they do, where and under whom."""
