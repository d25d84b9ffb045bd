"""Values: money, days, messages and refusals, which every floor speaks of."""
