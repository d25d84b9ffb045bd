"""What each domain knows: pure rules, tables, messages and queries, the same four files in every domain."""
