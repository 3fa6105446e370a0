"""The keys of a reading: single letters that work in Slicer's main window for as long as the panel is shown."""

from dataclasses import dataclass

import qt
import slicer
from slicer.i18n import tr as _


@dataclass(frozen=True)
class Key:
    """One key.

    Attributes:
        sequence: as QKeySequence reads it.
        words: what it does, in the language of the application.
        method: name of the method of Reading that it calls.
        repeats: whether holding it down calls again and again.
    """

    sequence: str
    words: str
    method: str
    repeats: bool = False


def keys():
    """All Keys. None of them is used by Slicer's views, the Segment Editor or the main window: a test holds the lists.

    Letters without Ctrl or Alt: whoever types into a field types them, and no key of a menu is taken.
    """
    return (
        Key("N", _("next finding, its place in all views"), "nextFinding", repeats=True),
        Key("P", _("previous finding"), "previousFinding", repeats=True),
        Key("H", _("heat map on or off"), "toggleHeatMap"),
        Key("J", _("heat map more transparent"), "weakenHeatMap", repeats=True),
        Key("K", _("heat map more opaque"), "strengthenHeatMap", repeats=True),
        Key("O", _("outlines on or off in the slice views"), "toggleOutlines"),
    )


class Keys:
    """Puts the keys on Slicer's main window and takes them away again.

    Args:
        reading: Reading, whose methods they call.
    """

    def __init__(self, reading):
        self._reading, self._shortcuts = reading, []

    def install(self):
        """Let the keys work; does nothing if they do, or without a main window."""
        window = slicer.util.mainWindow()
        if window is None or self._shortcuts:
            return
        for key in keys():
            shortcut = qt.QShortcut(window)
            shortcut.setKey(qt.QKeySequence(key.sequence))
            shortcut.autoRepeat = key.repeats
            shortcut.connect("activated()", getattr(self._reading, key.method))
            self._shortcuts.append(shortcut)

    def remove(self):
        """Let them work no longer."""
        for shortcut in self._shortcuts:
            shortcut.enabled = False
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = []
