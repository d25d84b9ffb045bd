"""What every floor stands on, and nothing of the business: money, messages, errors, the database, operations, processes."""
