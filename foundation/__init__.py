"""What every floor stands on: money, messages, refusals, the database, operations, processes."""
