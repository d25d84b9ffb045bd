"""The countries whose law we know: one folder for each, with its data by year, and nothing elsewhere."""

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from domains.payroll.rules.statutory import CountryPack, UnknownCountry

ENTRY_POINTS = "perpetual.payroll_countries"
"""Where a distribution names a pack of its own: the country's two letters, and the pack."""


def known() -> tuple[str, ...]:
    """The countries with a pack, ISO 3166, in the order of the alphabet."""
    ours = (folder.parent.name.upper() for folder in Path(__file__).parent.glob("*/__init__.py"))
    return tuple(sorted({*ours, *_elsewhere(tuple(sys.path))}))


def pack_of(country: str) -> CountryPack:
    """The pack of a country, ISO 3166; another distribution's goes before ours.

    Refuses: UnknownCountry.
    """
    if country not in known():
        raise UnknownCountry(f"no pack knows the law of {country!r}; there are: {', '.join(known())}")
    if named := _named_elsewhere(country):
        elsewhere: CountryPack = named.load()
        return elsewhere
    ours: CountryPack = import_module(f"{__name__}.{country.lower()}").PACK
    return ours


def data_of(country: str, name: str) -> bytes | None:
    """A file in the folder of the country's pack, such as its words for payslips; None when it has none."""
    folder = Path(__file__).parent / country.lower()
    if named := _named_elsewhere(country):
        spec = find_spec(named.module)
        folder = Path(spec.origin or "").parent if spec is not None else folder
    file = folder / name
    return file.read_bytes() if file.is_file() else None


def _named_elsewhere(country: str) -> EntryPoint | None:
    return _elsewhere(tuple(sys.path)).get(country)


@cache
def _elsewhere(path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """What distributions have named, by country. To look through all that are installed takes long."""
    del path  # What is installed is found on it.
    found = entry_points(group=ENTRY_POINTS)
    return {one.name.upper(): one for one in reversed(tuple(found))}
