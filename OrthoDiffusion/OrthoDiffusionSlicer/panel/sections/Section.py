"""What every section of the panel is: one .ui file, one session, one refresh."""

import os

import slicer


class Section:
    """A part of the panel. A derived class connects its widgets in `setup` and shows the session in `refresh`.

    Args:
        session: Session.
        folder: where the .ui files are; a section's is ‘OrthoDiffusion’ + the name of its class.

    Attributes:
        session: the same.
        widget: the root of the .ui file.
        ui: the named widgets of the file.
    """

    def __init__(self, session, folder):
        self.session = session
        self.widget = slicer.util.loadUI(os.path.join(folder, f"OrthoDiffusion{type(self).__name__}.ui"))
        self.ui = slicer.util.childWidgetVariables(self.widget)
        self.widget.setMRMLScene(session.scene)
        self._results = self  # the results that were there at the last refresh; nothing yet
        self.setup()

    def setup(self):
        """Connect the widgets; called once."""

    def refresh(self):
        """Bring every widget in line with the session. Called after each change, so it is quick and asks nothing."""
        raise NotImplementedError

    def close(self):
        """The panel goes away."""

    def followResults(self, button):
        """Open a section that is about results when some come, close it when they go.

        Args:
            button: the section's ctkCollapsibleButton.

        Returns:
            True if the session shows other results than at the last refresh.
        """
        results = self.session.results
        if results is self._results:
            return False
        self._results = results
        button.enabled = results is not None
        button.collapsed = results is None
        return True


def say(label, text):
    """Show a text, or no label at all."""
    label.text = text
    label.visible = bool(text)
