"""What hr decides: values in; a value, or a named refusal, out. No clock, no database."""
