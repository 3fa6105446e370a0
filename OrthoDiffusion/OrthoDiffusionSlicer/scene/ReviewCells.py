"""What a reader decided about each finding, in the cells of the findings table."""

import vtk

from OrthoDiffusionLib.findings.review import Review

DECISION, WORD, NOTE, TIME = "Review", "Reader", "Reader's note", "Reviewed"
MODEL_WORD, MODEL_PROBABILITY = "Model at review", "Probability at review"

_TEXTS = {DECISION: "decision", WORD: "word", NOTE: "note", TIME: "time", MODEL_WORD: "model_word"}
_DESCRIPTIONS = {
    DECISION: "Whether the reader's word is the model's: accepted, rejected, unsure; empty before a review",
    WORD: "What the reader says: positive or negative; empty if unsure, and before a review",
    NOTE: "The reader's own words",
    TIME: "When the reader decided, ISO 8601",
    MODEL_WORD: "What the model said then; another word than now marks a review made on an earlier result",
    MODEL_PROBABILITY: "The model's probability then; nan where it gave none",
}
COLUMNS = tuple(
    (name, vtk.vtkDoubleArray if name == MODEL_PROBABILITY else vtk.vtkStringArray, "", text)
    for name, text in _DESCRIPTIONS.items()
)
NAMES = tuple(_DESCRIPTIONS)


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
    for (name, kind, _unit, description), value in zip(COLUMNS, cellsOf(review), strict=True):
        column = cells.GetColumnByName(name)
        if column is None:
            column = kind()
            column.SetName(name)
            column.SetNumberOfValues(cells.GetNumberOfRows())
            for index in range(cells.GetNumberOfRows()):
                _set(column, index, None if kind is vtk.vtkDoubleArray else "")
            table.AddColumn(column)
            table.SetColumnDescription(name, description)
        _set(cells.GetColumnByName(name), row, value)
    cells.Modified()
    table.Modified()
    table.EndModify(wasModifying)


def _set(column, row, value):
    column.SetValue(row, float("nan") if value is None else value)
