"""What leaves the house: calls to the outside, mail, webhooks and letters."""
