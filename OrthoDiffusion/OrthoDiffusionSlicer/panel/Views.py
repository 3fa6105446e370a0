"""What the slice and 3D views show of a session: its inputs, the place and the heat map of a finding."""

import slicer

from OrthoDiffusionSlicer.scene import SliceViews


class Views:
    """Keeps the views beside the panel in line with a session."""

    def __init__(self, session):
        self._session = session
        self._laid = None  # heat map volume's ID and opacity, as they were laid over the views last
        session.analyzed.connect(self._showInputs)
        session.worklists.shown.connect(self._showInputs)
        session.analysis.surfacesShown.connect(self._fitSurfaces)
        session.findingChosen.connect(self._goTo)
        session.changed.connect(self.refresh)

    def refresh(self):
        """Lay the chosen finding's heat map over the slices anew, if it is to be shown otherwise than before."""
        wanted = self._wanted()
        if wanted is not None and wanted != self._laid:
            self._lay(wanted)

    def _wanted(self):
        """Heat map volume's ID (None for no heat map) and opacity; None if no finding is chosen."""
        session = self._session
        parameters = session.parameters
        if session.finding is None or parameters is None:
            return None
        volume = session.results.heatMap(session.finding.key) if parameters.showHeatMap else None
        return volume.GetID() if volume is not None else None, parameters.heatMapOpacity

    def _lay(self, wanted):
        volumeId, opacity = self._laid = wanted
        scene = self._session.scene
        SliceViews.showHeatMap(scene, scene.GetNodeByID(volumeId) if volumeId else None, opacity)

    def _goTo(self, finding):
        wanted = self._wanted()
        if wanted is not None:
            self._lay(wanted)  # also if nothing has changed: the user may have laid something else over the slices
        if finding.pointRAS is not None:
            SliceViews.jumpTo(self._session.scene, finding.pointRAS)

    def _showInputs(self, inputs):
        # There is no layout without a main window.
        if SliceViews.showInputs(self._session.scene, inputs) and slicer.app.layoutManager() is not None:
            slicer.util.resetSliceViews()

    def _fitSurfaces(self):
        if slicer.app.layoutManager() is not None:
            slicer.util.resetThreeDViews()
