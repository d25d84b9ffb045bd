"""The processes of the business, one file each."""
