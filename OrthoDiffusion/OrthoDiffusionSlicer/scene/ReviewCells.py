"""What a reader decided about each finding, in the cells of the findings table."""

import vtk

from OrthoDiffusionLib.findings.review import Review
from OrthoDiffusionSlicer import Words

DECISION, WORD, NOTE, TIME = "Review", "Reader", "Reader's note", "Reviewed"
MODEL_WORD, MODEL_PROBABILITY, WHO = "Model at review", "Probability at review", "Reader's name"

_TEXTS = {DECISION: "decision", WORD: "word", NOTE: "note", TIME: "time", MODEL_WORD: "model_word", WHO: "reader"}
NAMES = (DECISION, WORD, NOTE, TIME, MODEL_WORD, MODEL_PROBABILITY, WHO)
COLUMNS = tuple((name, vtk.vtkDoubleArray if name == MODEL_PROBABILITY else vtk.vtkStringArray, "") for name in NAMES)
"""Name, kind of array and unit; the catalogue has title and description, see `Words.column`."""


def cellsOf(review):
    """The values of the columns for a Review or for none."""
    entry = review.as_dict() if review is not None else {}
    return [entry.get("model_probability") if name == MODEL_PROBABILITY else entry.get(_TEXTS[name], "")
            for name in NAMES]  # fmt: skip


def read(text, number):
    """The Review of one line, None if there is none or its cells make no sense.

    Args:
        text: column's name → the cell's text, empty where the table has no such column.
        number: column's name → the cell's number, None where there is none.
    """
    entry = {key: text(name) for name, key in _TEXTS.items()}
    if not entry["decision"]:
        return None
    try:
        return Review.from_dict({**entry, "model_probability": number(MODEL_PROBABILITY)})
    except ValueError:  # somebody has written into the cells
        return None


def write(table, row, review):
    """Put a Review, or None, into a line of a findings table; one of an earlier version gets the columns."""
    cells = table.GetTable()
    wasModifying = table.StartModify()
    for (name, kind, _unit), value in zip(COLUMNS, cellsOf(review), strict=True):
        column = cells.GetColumnByName(name)
        if column is None:
            column = kind()
            column.SetName(name)
            column.SetNumberOfValues(cells.GetNumberOfRows())
            for index in range(cells.GetNumberOfRows()):
                _set(column, index, None if kind is vtk.vtkDoubleArray else "")
            table.AddColumn(column)
            describe(table, name)
        _set(cells.GetColumnByName(name), row, value)
    cells.Modified()
    table.Modified()
    table.EndModify(wasModifying)


def describe(table, name):
    """Give a column its title and description in the language of the application; its name stays."""
    title, description = Words.column(name)
    table.SetColumnTitle(name, title)
    table.SetColumnDescription(name, description)


def _set(column, row, value):
    column.SetValue(row, float("nan") if value is None else value)
