"""The demo company, made from a seed: Havelrad GmbH, which assembles and trades bicycles in Brandenburg.

Everything is invented: the company, its customers, suppliers and people, and every figure. The same program
always makes the same files, whatever the machine and the day.
"""
