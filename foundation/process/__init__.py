"""Processes: steps and ways back, approvals, runs over many, schedules, and what finds the lost ones."""
