"""The views follow the session: volumes after an analysis, heat map, outlines and place of a finding; and the keys."""

import qt
import slicer

from OrthoDiffusionSlicer.scene import SliceViews
from OrthoDiffusionSlicer.views.Crosshair import Crosshair
from OrthoDiffusionSlicer.views.Keys import Keys


class Views:
    """Keeps the views beside the panel in line with a session."""

    def __init__(self, session):
        self._session = session
        self._laid = None  # heat map volume's ID and opacity, as they were laid over the views last
        self._outlined = None  # ID of the segmentation, and whether its outlines are shown, as it was done last
        self._shown, self._toHang = False, None
        self._keys = Keys(session.reading)
        self._crosshair = Crosshair(session.scene)
        session.analyzed.connect(self._hang)
        session.worklists.shown.connect(self._hang)
        session.analysis.surfacesShown.connect(self._fitSurfaces)
        session.findingChosen.connect(self._goTo)
        session.measurements.placeChosen.connect(self._jumpTo)
        session.shown.connect(self._onShown)
        session.reading.fitAsked.connect(self._fit)
        session.changed.connect(self.refresh)

    def refresh(self):
        """Lay the chosen finding's heat map over the slices anew, if it is to be shown otherwise than before."""
        wanted = self._wanted()
        if wanted is not None and wanted != self._laid:
            self._lay(wanted)
        session = self._session
        if session.parameters is not None:
            self._outline(session.parameters.showOutlines)
        if session.finding is None and not session.measurements.chosen:
            self._crosshair.giveBack()

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

    def _outline(self, shown):
        """Show the outlines of the results in the slice views, or not; what a user sets in Slicer itself stays."""
        results = self._session.results
        segmentation = results.segmentation if results is not None else None
        wanted = (segmentation.GetID(), shown) if segmentation is not None else None
        if wanted == self._outlined:
            return
        # A segmentation that came a moment ago is shown already.
        untouched = shown and (self._outlined is None or self._outlined[1] or self._outlined[0] != wanted[0])
        self._outlined = wanted
        if wanted is not None and not untouched:
            SliceViews.showOutlines(segmentation, shown)

    def _goTo(self, finding):
        wanted = self._wanted()
        if wanted is not None:
            self._lay(wanted)  # also if nothing has changed: the user may have laid something else over the slices
        if finding.pointRAS is not None:
            self._jumpTo(finding.pointRAS)

    def _jumpTo(self, pointRAS):
        SliceViews.jumpTo(self._session.scene, pointRAS)
        self._crosshair.mark(pointRAS)

    def _hang(self, inputs):
        """An analysis is done; who works in another module meanwhile gets the views arranged when he comes back."""
        if self._shown:
            self._session.reading.arrange(inputs)
        else:
            self._toHang = inputs

    def _onShown(self, shown):
        self._shown = shown
        reading = self._session.reading
        if not shown:
            self._keys.remove()
            self._crosshair.giveBack()
            reading.hanging.leave()
            self._outline(True)  # in another module nothing would say why there are none
            return
        self._keys.install()
        reading.hanging.comeBack()
        inputs, self._toHang = self._toHang or {}, None
        scene = self._session.scene
        reading.arrange({plane: node for plane, node in inputs.items() if scene.IsNodePresent(node)})

    def _fit(self):
        if slicer.app.layoutManager() is None:  # there is no layout without a main window
            return
        slicer.util.resetSliceViews()
        qt.QTimer.singleShot(0, self._fitAgain)  # a new layout has its size a moment later

    def _fitAgain(self):
        if self._shown and self._session.finding is None:
            slicer.util.resetSliceViews()

    def _fitSurfaces(self):
        if slicer.app.layoutManager() is not None:
            slicer.util.resetThreeDViews()
