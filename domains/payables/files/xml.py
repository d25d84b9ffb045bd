"""XML from outside, read safely: no document type, no depth or size that an invoice does not have."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from domains.payables.files.refusals import (
    InvoiceDeclaresEntities,
    InvoiceEncodingWrong,
    InvoiceFileMalformed,
    InvoiceFileTooLarge,
)

MOST_BYTES = 5_000_000
"""An invoice with a hundred lines has a quarter of a million."""
MOST_ELEMENTS = 200_000
DEEPEST = 40
"""Neither UBL nor CII has half as many levels."""
_PIECE = 65_536


def parse(content: bytes) -> tuple[str, Element]:
    """The namespace of the document, and its elements by their names alone.

    Refuses: InvoiceFileTooLarge, InvoiceDeclaresEntities, InvoiceEncodingWrong, InvoiceFileMalformed.
    """
    if len(content) > MOST_BYTES:
        raise InvoiceFileTooLarge(f"an invoice may have {MOST_BYTES // 1_000_000} MB of XML")
    builder = _Builder()
    parser = ElementTree.XMLParser(target=builder)
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
        root: Element = parser.close()
    except ElementTree.ParseError as wrong:
        raise InvoiceFileMalformed(f"the file is no XML: {wrong}") from None
    except (LookupError, ValueError) as wrong:
        # What it says it is written in is looked at before anything else.
        raise InvoiceEncodingWrong(f"the file's encoding cannot be read: {wrong}") from None
    return builder.namespace, root


class _Builder:
    """Takes the elements as they are parsed."""

    def __init__(self) -> None:
        self.namespace = ""
        self._tree = ElementTree.TreeBuilder()
        self._depth = self._elements = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """It comes before anything that it declares. Refuses: InvoiceDeclaresEntities."""
        raise InvoiceDeclaresEntities(f"the file declares a document type {name}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins. Refuses: InvoiceFileMalformed, InvoiceFileTooLarge."""
        namespace, _, name = tag.rpartition("}")
        if not self._elements:
            self.namespace = namespace.removeprefix("{")
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise InvoiceFileMalformed(f"there are more than {DEEPEST} levels")
        if self._elements > MOST_ELEMENTS:
            raise InvoiceFileTooLarge(f"there are more than {MOST_ELEMENTS} elements")
        self._tree.start(name, attributes)

    def data(self, text: str) -> None:
        """What stands in it."""
        self._tree.data(text)

    def end(self, tag: str) -> None:
        """It ends."""
        self._depth -= 1
        self._tree.end(tag.rpartition("}")[2])

    def close(self) -> Element:
        """The end of the file."""
        return self._tree.close()
