"""The list of series that could serve a plane, the proposed one first: what each is like, why it is not proposed."""

import qt
from slicer.i18n import tr as _


class SeriesList:
    """Fills a QComboBox and passes the user's choice on; it is hidden where there is nothing to choose.

    Args:
        box: the QComboBox.
        session: Session.
        plane: name of the plane.
    """

    def __init__(self, box, session, plane):
        self._box, self._session, self._plane = box, session, plane
        self._series, self._texts = [], []
        box.connect("activated(int)", self._onActivated)

    def refresh(self):
        session, box = self._session, self._box
        self._series = session.inputs.seriesOf(self._plane)
        texts = [_line(each) for each in self._series]
        if texts != self._texts:
            self._texts = texts
            box.clear()
            box.addItems([text for text, _tip in texts])
            for row, (_text, tip) in enumerate(texts):
                box.setItemData(row, tip, qt.Qt.ToolTipRole)
        chosen = session.volumes.get(self._plane)
        nodes = [each.node for each in self._series]
        box.currentIndex = nodes.index(chosen) if chosen in nodes else -1
        box.visible = len(self._series) > 1
        box.enabled = session.editable

    def _onActivated(self, row):
        self._session.chooseVolume(self._plane, self._series[row].node)


def _line(series):
    """The text of a row and its tooltip."""
    name = series.node.GetName()
    text = _("{name} (proposed): {facts}") if not series.preferred else _("{name}: {facts}")
    text = text.format(name=name, facts=series.facts)
    return text, f"{text}. {series.preferred}." if series.preferred else f"{text}."
