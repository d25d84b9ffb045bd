"""Mutation runs: small mistakes are made on purpose, and the tests must notice each of them.

A mutant is the program with one such mistake. `make mutants` draws a sample by the commit's id, runs on each
mutant the tests that reach its function, and lists those that no test noticed: see docs/mutants.md.
"""
