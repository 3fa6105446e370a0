"""A picture of Slicer's views as they are on the screen."""

import os
import tempfile

import ctk
import qt
import slicer


def grab():
    """Bytes of a PNG file of all views, None without a main window.

    The main window is drawn and cut to the views, as Slicer's Screen Capture module does it: drawn alone, the views
    have no background.
    """
    window, layouts = slicer.util.mainWindow(), slicer.app.layoutManager()
    if window is None or layouts is None:
        return None
    views = layouts.viewport()
    corner = views.mapTo(window, views.rect.topLeft())
    size = views.rect.size()
    if size.width() < 2 or size.height() < 2:
        return None
    image = ctk.ctkWidgetsUtils.grabWidget(window, qt.QRect(corner.x(), corner.y(), size.width(), size.height()))
    with tempfile.TemporaryDirectory(dir=slicer.app.temporaryPath) as folder:
        path = os.path.join(folder, "views.png")
        if not image.save(path):
            return None
        with open(path, "rb") as file:
            return file.read()
