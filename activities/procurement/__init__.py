"""What procurement can do."""
