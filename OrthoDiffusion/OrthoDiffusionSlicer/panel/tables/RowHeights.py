"""Tables that are as high as their rows, so that they are read to their end without a scroll bar of their own."""


def showAllRows(table):
    """Make a QTableWidget as high as its header and rows are now."""
    height = table.horizontalHeader().height + sum(table.rowHeight(index) for index in range(table.rowCount))
    table.setFixedHeight(height + 4)
