"""`perpetual new`: the skeleton of a domain, a document or a process; its tests fail until it is finished."""
