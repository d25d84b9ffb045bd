"""The HTTP door: one thin router per domain, authentication, errors."""
