"""Messages of ISO 20022, read piece by piece: what is large is never held whole.

A document type is refused before anything in it is looked at.
"""

from abc import ABC, abstractmethod
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from domains.banking.files.statements import EntitiesRefused, StatementMalformed, WrongEncoding

DEEPEST = 40
"""So many levels has no message of ISO 20022."""
_PIECE = 65_536


class SectionReader(ABC):
    """Takes a message as it is parsed: each part of one of its sections is built, read and forgotten."""

    sections: frozenset[str]
    """The names of the sections that are read: the children of the message."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._part: ElementTree.TreeBuilder | None = None
        self._has_begun = False

    def read(self, content: bytes) -> None:
        """Read a file to its end. Refuses: EntitiesRefused, WrongEncoding, StatementMalformed; and what the
        message's own reader refuses.
        """
        parser = ElementTree.XMLParser(target=self)  # It refuses what entities come with.
        try:
            for start in range(0, len(content), _PIECE):
                parser.feed(content[start : start + _PIECE])
            parser.close()
        except ElementTree.ParseError as wrong:
            raise StatementMalformed(f"the file is no XML: {wrong}") from None
        except (LookupError, ValueError) as wrong:
            if self._has_begun:
                raise
            # What it says it is written in is looked at before anything else.
            raise WrongEncoding(f"the file's encoding cannot be read: {wrong}") from None

    @abstractmethod
    def check_message(self, name: str, namespace: str) -> None:
        """Whether the document is the message that is read here."""

    @abstractmethod
    def begin_section(self, section: str) -> None:
        """A section begins."""

    @abstractmethod
    def take(self, section: str, part: Element) -> None:
        """One part of the section."""

    @abstractmethod
    def end_section(self, section: str) -> None:
        """All of its parts were taken."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """It comes before anything that it declares. Refuses: EntitiesRefused."""
        raise EntitiesRefused(f"the file declares a document type {name}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        namespace, _, name = tag.rpartition("}")
        self._has_begun = True
        if not self._path:
            self.check_message(name, namespace)
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise StatementMalformed(f"there are more than {DEEPEST} levels")
        if len(self._path) == 3 and name in self.sections:
            self.begin_section(name)
        if len(self._path) == 4 and self._path[2] in self.sections:
            self._part = ElementTree.TreeBuilder()
        if self._part is not None:
            self._part.start(name, attributes)

    def data(self, text: str) -> None:
        """What stands in it."""
        if self._part is not None:
            self._part.data(text)

    def end(self, _tag: str) -> None:
        """It ends: a part of a section is read, or the section is whole."""
        name = self._path.pop()
        if self._part is not None:
            self._part.end(name)
        if self._part is not None and len(self._path) == 3:
            self.take(self._path[2], self._part.close())
            self._part = None
        if len(self._path) == 2 and name in self.sections:
            self.end_section(name)


def text_at(part: Element, path: str = ".") -> str:
    """The text at a path of a part, without what stands around it; empty when there is none."""
    found = part if path == "." else part.find(path)
    return "" if found is None else (found.text or "").strip()
