"""What the ERP can do: one function is one business operation is one database transaction."""
