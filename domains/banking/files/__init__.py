"""Files that banks send: read into statements, whatever their format, or refused by name."""
