"""The routes of payroll."""
