"""A domain outside the tree, as a newcomer would write one: it only posts."""
