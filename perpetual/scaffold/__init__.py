"""`perpetual new`: the skeleton of a domain, a document or a process, with tests that fail until it is finished."""
