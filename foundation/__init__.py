"""What every floor stands on, and nothing of the business:

Money, messages, errors, the database, operations, processes.
"""
