"""The names of a new domain, document or process, in every spelling that the templates use."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SERIES = re.compile(r"closing\.(?:sequence_)?number\(\s*\"(\w+)\"")


class WrongName(Exception):  # It is what a user has typed, not an error of a program.
    """A name cannot be used; the message says why, and what to do."""


@dataclass(frozen=True)
class Names:
    """What is made: a domain with a document, and a process over it when there is one."""

    domain: str
    document: str = ""
    plural: str = ""
    series: str = ""
    process: str = ""
    about: str = ""
    """What the domain owns, as a sentence."""

    def spellings(self) -> dict[str, str]:
        """What stands in a template, and what it becomes."""
        words = {
            "domain": self.domain,
            "document": self.document,
            "documents": self.plural,
            "process": self.process,
        }
        found = {f"__{what}__": name for what, name in words.items()}
        found |= {f"__{what.capitalize()}__": _class_name(name) for what, name in words.items()}
        found |= {f"__{what}-path__": name.replace("_", "-") for what, name in words.items()}
        found |= {f"__{what} in words__": name.replace("_", " ") for what, name in words.items()}
        found |= {
            f"__{what.capitalize()} in words__": name.replace("_", " ").capitalize()
            for what, name in words.items()
        }
        a_document = self.document.replace("_", " ")
        article = "an" if a_document[:1] in "aeiou" else "a"
        return found | {
            "__about__": self.about or f"TO WRITE: what {self.domain} owns, in a sentence.",
            "__SERIES__": self.series,
            "__DOCUMENTS__": self.plural.upper(),
            "__a document in words__": f"{article} {a_document}",
        }


def checked(name: str, what: str) -> str:
    """A name in lower case with underscores. Raises: WrongName."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise WrongName(
            f"{name} is no name of a {what}: use lower-case letters and underscores, as in sales_order"
        )
    return name


def plural_of(document: str) -> str:
    """The plural of an English noun; the command takes another one with --plural."""
    if document.endswith(("s", "x", "ch", "sh")):
        return f"{document}es"
    if document.endswith("y") and document[-2:-1] not in "aeiou":
        return f"{document[:-1]}ies"
    return f"{document}s"


def free_series(root: Path, document: str) -> str:
    """Three letters that begin the document's numbers, and no other's."""
    sources = [path.read_text(encoding="utf-8") for path in (root / "activities").rglob("*.py")]
    taken = {series for source in sources for series in _SERIES.findall(source)}
    letters = document.replace("_", "").upper()
    rest = [letters[0] + second + third for i, second in enumerate(letters[1:], 2) for third in letters[i:]]
    for series in (letters[:3], *rest):
        if series not in taken:
            return series
    raise WrongName(f"every series of numbers made of {document} is taken: choose one with --series")


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
