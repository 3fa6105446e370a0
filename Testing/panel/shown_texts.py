"""Everything that a panel shows in words: texts, tool tips, names for screen readers, items, cells."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6 import QtCore, QtWidgets

_PROPERTIES = (
    "text", "toolTip", "placeholderText", "title", "accessibleName", "accessibleDescription", "specialValueText",
    "prefix", "suffix", "plainText", "statusTip", "format",
)  # fmt: skip
_PLAIN_FORMAT = "%p%"  # of a progress bar


def shown_texts(widget: QtWidgets.QWidget) -> Iterator[tuple[str, str]]:
    """(where, text) of each text that is not empty, of a widget and all below it, hidden ones too."""
    for one in (widget, *widget.findChildren(QtWidgets.QWidget)):
        name = one.objectName or type(one).__name__
        for key in _PROPERTIES:
            index = one.metaObject().indexOfProperty(key)
            value = one.metaObject().property(index).read(one) if index >= 0 else ""
            if isinstance(value, str) and value.strip() and value != _PLAIN_FORMAT:
                yield f"{name}.{key}", value
        if isinstance(one, QtWidgets.QComboBox):
            for row in range(one.count):
                yield from _said(f"{name}[{row}]", one.itemText(row), one.itemData(row, QtCore.Qt.ToolTipRole))
        if isinstance(one, QtWidgets.QTableWidget):
            yield from _of_table(name, one)


def _of_table(name: str, table: QtWidgets.QTableWidget) -> Iterator[tuple[str, str]]:
    for column in range(table.columnCount):
        head = table.horizontalHeaderItem(column)
        if head is not None:
            yield from _said(f"{name} head {column}", head.text(), head.toolTip())
        for row in range(table.rowCount):
            item = table.item(row, column)
            if item is not None:
                yield from _said(f"{name}[{row},{column}]", item.text(), item.toolTip())


def _said(where: str, *texts: object) -> Iterator[tuple[str, str]]:
    for text in texts:
        if isinstance(text, str) and text.strip():
            yield where, text
