"""Identity owns who may ask: API keys, the people and clients they name, their companies and their roles;
and who stands in for whom."""
