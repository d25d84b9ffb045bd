"""The command `perpetual`, the embedded servers that it looks after, and the demo company."""
