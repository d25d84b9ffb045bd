"""What suppliers receive of banking."""
