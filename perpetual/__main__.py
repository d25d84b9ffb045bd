"""`python -m perpetual` is the command `perpetual`."""

from perpetual.cli import main

main()
