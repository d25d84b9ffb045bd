"""What holds of the whole company, whatever is done to it, in whatever order, on whatever day."""
