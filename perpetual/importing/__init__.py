"""The command `perpetual import`: files in, records written through the REST API, errors in a file."""
