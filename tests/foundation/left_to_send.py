"""What a test writes down for processes that nobody runs is not to be sent: the relay of a later test's
workers would begin them.
"""

NOTHING_IS_LEFT_TO_SEND = """
    UPDATE foundation.command SET again = false, answered_at = now(), answer = '{}', refusal = NULL
    WHERE company_id = $1
"""
NOTHING_IS_LEFT_TO_TELL = "UPDATE foundation.inbox SET delivered_at = now() WHERE company_id = $1"
