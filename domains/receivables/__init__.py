"""Receivables bills customers: invoices, credit notes, what is to be billed, credit and dunning."""
