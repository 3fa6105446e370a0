"""Which volume of the scene serves which plane: what is loaded, what is chosen for it, what the user chose."""

import slicer

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionSlicer.panel.ParameterNode import PLANES, chosenByHand, rememberByHand
from OrthoDiffusionSlicer.scene import StudyReader


class InputVolumes:
    """The studies of a scene, and why each plane has its volume. The volumes themselves stand in the parameters.

    Attributes:
        studies: LoadedStudy, in the order in which they were loaded.
        study: name of the one whose volumes fill the planes; empty if none is loaded.
        choice: PlaneChoice for that study, None before it was made.
        byHand: plane → node ID that the user chose, empty for none, when the planes were filled last.
        named: name of the joint that the headers of the volumes name, empty if they name none or several.
        pictured: name of the joint that their voxels show for certain, empty if none; looked for only where there are
            bundles of several joints.
        ownIDs: IDs of the scalar volumes that this extension made: heat maps, which are no input.
    """

    def __init__(self, scene):
        self._scene = scene
        self.study, self.ownIDs = "", ()
        self.forget()

    def forget(self):
        """The scene is empty."""
        self.studies, self.choice, self.byHand = [], None, {}
        self.named = self.pictured = ""
        self._looked = ()  # the volumes that were looked at for that

    def fill(self, parameters, joints, jointOfPanel):
        """Look at what is loaded, and let each plane that was not chosen by hand have the best volume of the study.

        Args:
            parameters: OrthoDiffusionParameters.
            joints: Joints that there are bundles of.
            jointOfPanel: called without arguments once `named` and `pictured` are known; returns the Joint that would
                be analyzed.
        """
        self.studies = StudyReader.loadedStudies(self._scene)
        names = [study.name for study in self.studies]
        if self.study not in names:
            self.study = names[0] if names else ""
        nodes = next((study.nodes for study in self.studies if study.name == self.study), ())
        self.byHand = self.chosenByHand(parameters)
        handed = [self._scene.GetNodeByID(nodeId) for nodeId in self.byHand.values() if nodeId]
        # What was chosen by hand is what is analyzed; it may be of another study.
        self.named = StudyReader.namedJoint(handed, joints) or StudyReader.namedJoint(nodes, joints)
        self._look(handed or nodes, joints)
        self.choice = StudyReader.choosePlanes(nodes, jointOfPanel(), side=sideOf(parameters))
        self.findOwn()
        wanted = {plane.value: node for plane, node in self.choice.nodes.items()}
        for plane, nodeId in self.byHand.items():
            wanted[plane] = self._scene.GetNodeByID(nodeId) if nodeId else None
        # All planes at once: Slicer drops an update of the selectors that falls into another one.
        with slicer.util.NodeModify(parameters):
            for plane in PLANES:
                setattr(parameters, plane, wanted.get(plane))

    def _look(self, nodes, joints):
        """See which joint volumes show, once as long as they are the same."""
        looked = tuple((node.GetID(), node.GetImageData().GetMTime()) for node in nodes if node.GetImageData())
        looked = looked if len(joints) > 1 else ()
        if looked != self._looked:
            self._looked = looked
            self.pictured = StudyReader.picturedJoint(nodes) if looked else ""

    def findOwn(self):
        """Note which volumes are no input."""
        self.ownIDs = tuple(node.GetID() for node in StudyReader.ownVolumes(self._scene))

    def chosen(self, parameters):
        """Plane → volume node, of the planes that have one."""
        nodes = {plane: getattr(parameters, plane) for plane in PLANES}
        # A parameter may remember a volume that has left the scene.
        return {plane: node for plane, node in nodes.items() if node and self._scene.IsNodePresent(node)}

    def chosenByHand(self, parameters):
        """Plane → node ID chosen by hand, empty for none; a plane whose volume has gone is free again."""
        pairs = chosenByHand(parameters).items()
        return {plane: nodeId for plane, nodeId in pairs if not nodeId or self._scene.GetNodeByID(nodeId)}

    def chooseByHand(self, parameters, plane, node):
        """The user gave a plane a volume node, or None."""
        rememberByHand(parameters, {**self.chosenByHand(parameters), plane: node.GetID() if node else ""})

    def seriesOf(self, plane):
        """SeriesChoices of what could serve a plane, the proposed one first, as far as they are in the scene."""
        series = self.choice.series if self.choice is not None else {}
        found = next((choices for key, choices in series.items() if key.value == plane), ())
        return [each for each in found if self._scene.IsNodePresent(each.node)]

    def renewHandChosenIDs(self, parameters):
        """A volume that came with a scene may have got another ID; the parameter's own reference has followed it."""
        byHand = {}
        for plane, nodeId in chosenByHand(parameters).items():
            node = getattr(parameters, plane) if nodeId else None
            if node is not None or not nodeId:
                byHand[plane] = node.GetID() if node else ""
        rememberByHand(parameters, byHand)

    def studiesOf(self, nodes):
        """Names of the studies that some volume nodes are of."""
        return sorted({study.name for study in self.studies for node in nodes if node in study.nodes})


def sideOf(parameters):
    """The Side that the user said, None for automatic."""
    return Side.from_text(parameters.side) if parameters.side != "automatic" else None
