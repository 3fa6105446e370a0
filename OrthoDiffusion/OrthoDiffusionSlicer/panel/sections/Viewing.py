"""Section without a title: the hanging of the views, outlines on and off, and the keys of a reading."""

from slicer.i18n import tr as _

from OrthoDiffusionSlicer.panel.sections.Section import Section
from OrthoDiffusionSlicer.views.Keys import keys


class Viewing(Section):
    def setup(self):
        reading = self.session.reading
        self.ui.arrangeButton.connect("clicked(bool)", reading.toggleArrangement)
        self.ui.keysButton.connect("toggled(bool)", self.ui.keysLabel.setVisible)
        self.ui.keysLabel.text = "\n".join(
            [f"{key.sequence}   {key.words}" for key in keys()]
            + [_("These work while this module is shown and no text is being typed.")]
        )

    def refresh(self):
        session, hanging = self.session, self.session.reading.hanging
        button = self.ui.arrangeButton
        button.text = _("Views as before") if hanging.arranged else _("Arrange views")
        button.toolTip = (
            _("Put layout, volumes and places of the views back as they were before they were arranged.")
            if hanging.arranged
            else _("Show three slice views and 3D, linked: each plane's volume in its own view, along its own slices.")
        )
        button.enabled = session.parameters is not None and (hanging.arranged or bool(session.volumes))
        self.ui.outlinesCheckBox.enabled = session.results is not None and session.results.segmentation is not None
