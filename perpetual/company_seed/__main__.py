"""`python -m perpetual.company_seed` writes the files of the demo company anew."""

from pathlib import Path

from perpetual.company_seed.company import files

FOLDER = Path(__file__).parent.parent / "company"


def main() -> None:
    """Write every file; only what the seed changed differs afterwards."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
