"""What automation can do: who is told of what, reading the log, and sending."""
