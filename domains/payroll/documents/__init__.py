"""The payslip as it is handed out: a message with all that is printed, and a function that prints it."""
