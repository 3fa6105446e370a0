"""Keeps the widgets that name a parameter in their .ui file, and the parameters of the scene, the same."""

import vtk
from slicer.util import VTKObservationMixin


class ParameterBinding(VTKObservationMixin):
    """One connection for all sections: Slicer drops an update of widgets that falls into another one.

    Args:
        ui: all named widgets of the panel, as of `childWidgetVariables`.
        filling: Filling, which is true while the widgets follow the parameters.
    """

    def __init__(self, ui, filling):
        VTKObservationMixin.__init__(self)
        self._ui, self._filling = ui, filling
        self._parameters = self._tag = None
        self._left = []  # tags of observers that Slicer 5.10 leaves behind

    def follow(self, parameters):
        """Bind to other OrthoDiffusionParameters, or to none."""
        if self._parameters is not None:
            self._parameters.disconnectGui(self._tag)
            for tag in self._left:
                self._parameters.RemoveObserver(tag)
            self.removeObservers()
            self._filling.reset()
        self._parameters = parameters
        if parameters is None:
            return
        node, modified = parameters.parameterNode, vtk.vtkCommand.ModifiedEvent
        # Around the wrapper's own observer, which has priority 0.
        self.addObserver(node, modified, self._filling.begin, priority=1.0)
        with self._filling:
            self._tag = self._connected(parameters)
        self.addObserver(node, modified, self._filling.end, priority=-1.0)

    def _connected(self, parameters):
        """The tag of `connectGui`; notes the observers that it adds."""
        self._left, add = [], parameters.AddObserver

        def addAndNote(*arguments):
            self._left.append(add(*arguments))
            return self._left[-1]

        parameters.AddObserver = addAndNote  # of this object; its class has another
        try:
            return parameters.connectGui(self._ui)
        finally:
            del parameters.AddObserver
