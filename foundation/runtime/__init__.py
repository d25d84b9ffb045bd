"""What a program runs with: settings, logs and traces, the way to Temporal, and what counts as an outage."""
