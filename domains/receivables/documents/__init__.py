"""Documents one sends: each a frozen message with all that is printed, and a function that prints it."""
