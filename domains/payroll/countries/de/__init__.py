"""Germany: wage tax, social insurance and what else the law makes of pay."""
