"""Automation owns what others are told of what was done here: webhooks, mail, and each message's fate.

It knows the log of operations, which every domain writes and none writes for it. What a letter says is the
matter of the domain whose document it is about.
"""
