"""PostgreSQL and Temporal on this machine, from their PyPI wheels, and the supervisor that keeps everything
running.
"""
