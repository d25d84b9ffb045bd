-- Gross to net: what people earn, what is withheld and paid for them, and why.

CREATE SCHEMA payroll;
GRANT USAGE ON SCHEMA payroll TO perpetual_app;
