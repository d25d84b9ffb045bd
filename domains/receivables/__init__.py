"""Receivables bills customers: invoices, credit notes, the list of what is to be billed, credit and dunning."""
