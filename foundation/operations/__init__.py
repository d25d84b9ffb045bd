"""Operations, once by key, and what is written down for processes before it is sent to them."""
