"""What suppliers are sent by procurement, as they read it."""
