"""Our accounts at banks, the statements that banks send of them, and what their lines were posted as."""
