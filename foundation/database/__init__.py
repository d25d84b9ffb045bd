"""PostgreSQL: connections and transactions, tables, documents, records and lists."""
