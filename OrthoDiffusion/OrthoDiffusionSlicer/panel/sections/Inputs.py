"""Section of the joint, such as ‘Knee’: which one, which volume serves which plane and why, side, bundle, referral."""

from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.inputs.JointChoice import Source
from OrthoDiffusionSlicer.panel.ParameterNode import PLANES, SIDES
from OrthoDiffusionSlicer.panel.sections.ReferralFields import ReferralFields
from OrthoDiffusionSlicer.panel.sections.Section import Section, say
from OrthoDiffusionSlicer.panel.tables.SeriesList import SeriesList


class Inputs(Section):
    """Args: session and folder as for every Section; filling: Filling, true while a program sets the selectors."""

    def __init__(self, session, folder, filling):
        self._filling = filling
        self._names, self._bundles, self._joints = [], [], []  # studies, bundles and joints, as the selectors show them
        super().__init__(session, folder)

    def setup(self):
        self.ui.sideSelector.addItems([_("Automatic"), _("Right"), _("Left")])
        self.referral = ReferralFields(self.ui, self.session.referral)
        self.series = {}
        for plane in PLANES:
            self.selector(plane).connect("nodeActivated(vtkMRMLNode*)", self._chosenByHand(plane))
            self.series[plane] = SeriesList(getattr(self.ui, f"{plane}Series"), self.session, plane)
        self.ui.chooseButton.connect("clicked(bool)", self.session.chooseAgain)
        self.ui.sideSelector.connect("activated(int)", lambda index: self.session.chooseSide(SIDES[index]))
        self.ui.jointSelector.connect("activated(int)", self._onJoint)
        self.ui.bundleSelector.connect("activated(int)", self._onBundle)
        self.ui.studySelector.connect("activated(int)", lambda index: self.session.chooseStudy(self._names[index]))
        self.session.analyzed.connect(self._makeRoom)

    def selector(self, plane):
        """The node selector of a plane."""
        return getattr(self.ui, f"{plane}Selector")

    def refresh(self):
        active, editable = self.session.parameters is not None, self.session.editable
        self.ui.inputsButton.text = Words.title(self.session.joint.name)
        for plane in PLANES:
            self.selector(plane).enabled = editable
            self.series[plane].refresh()
            say(getattr(self.ui, f"{plane}Reason"), self._reason(plane))
        ui = self.ui
        for widget in (ui.chooseButton, ui.jointSelector, ui.sideSelector, ui.bundleSelector, ui.studySelector):
            widget.enabled = editable
        self._hideOwnVolumes()
        self._showStudies()
        self._showJoints()
        self._showBundle()
        if active:
            self.ui.sideSelector.currentIndex = SIDES.index(self.session.parameters.side)
            say(self.ui.sideReason, self._sideWords())
            say(self.ui.noticesLabel, "\n".join(self._notices()))

    def _chosenByHand(self, plane):
        def chosen(node):
            if not self._filling:  # else a program has set it
                self.session.chooseVolume(plane, node)

        return chosen

    def _onJoint(self, index):
        self.session.chooseJoint(self._joints[index - 1] if index > 0 else "")

    def _onBundle(self, index):
        self.session.chooseBundle(self._bundles[index])

    def _makeRoom(self, inputs):
        self.ui.inputsButton.collapsed = True  # the findings need the room on a small screen

    def _hideOwnVolumes(self):
        """Heat maps are volumes too, and no input."""
        own = self.session.inputs.ownIDs
        with self._filling:
            for plane in PLANES:
                self.selector(plane).sortFilterProxyModel().hiddenNodeIDs = own

    def _showStudies(self):
        inputs, selector = self.session.inputs, self.ui.studySelector
        names = [study.name for study in inputs.studies]
        if names != self._names:
            self._names = names
            selector.clear()
            selector.addItems(names)
        if inputs.study in names:
            selector.currentIndex = names.index(inputs.study)
        selector.visible = self.ui.studyLabel.visible = len(names) > 1

    def _showJoints(self):
        """The choice among several joints, and how the one in use is known; nothing to choose, nothing to show."""
        session, selector = self.session, self.ui.jointSelector
        joints = [joint.name for joint in session.joints]
        if joints != self._joints:
            self._joints = joints
            selector.clear()
            selector.addItems([_("Automatic"), *(Words.title(name) for name in joints)])
        choice = session.jointChoice
        byHand = choice.source in (Source.HAND, Source.BUNDLE) and choice.joint.name in joints
        selector.currentIndex = 1 + joints.index(choice.joint.name) if byHand else 0
        selector.visible = self.ui.jointLabel.visible = len(joints) > 1
        say(self.ui.jointReason, self._jointWords(choice) if len(joints) > 1 else "")

    def _jointWords(self, choice):
        """Where the joint comes from."""
        title, loaded = Words.title(choice.joint.name), bool(self.session.inputs.studies)
        match choice.source:
            case Source.HAND:
                return _("As you chose")
            case Source.BUNDLE:
                return _("By the bundle that you chose")
            case Source.WORDS:
                return _("{joint}, named by the descriptions of the volumes").format(joint=title)
            case Source.PICTURE:
                return _("{joint}, as the volumes look; they do not name it").format(joint=title)
            case Source.LAST if loaded:
                return _("{joint}, as you chose last; the volumes do not name it").format(joint=title)
            case Source.LAST:
                return _("{joint}, as you chose last").format(joint=title)
            case Source.UNSAID if loaded:
                return _("⚠ {joint}? Nothing says it: choose the joint that the volumes show").format(joint=title)
            case _:
                return ""

    def _showBundle(self):
        session, selector = self.session, self.ui.bundleSelector
        bundle, joint = session.bundle, session.joint
        # Those of the joint, and those that cannot be used, which say why.
        bundles = [each for each in session.software.bundles if not each.usable or each.joint.name == joint.name]
        folders = [each.folder for each in bundles]
        if folders != self._bundles:
            self._bundles = folders
            selector.clear()
            selector.addItems([each.title for each in bundles])
        if bundle is not None:
            selector.currentIndex = folders.index(bundle.folder)
            self.ui.bundleFacts.text = bundle.facts
        else:
            self.ui.bundleFacts.text = _("No bundle was found. Install one with ‘Offline installation’ below.")
        columns = bundle.clinical if bundle is not None else ()
        self.referral.show(columns, session.editable and bool(session.volumes))

    def _reason(self, plane):
        """Why a plane has its volume, or none."""
        inputs = self.session.inputs
        if plane in inputs.byHand:
            return self._handChosen(plane, inputs.byHand[plane])
        reasons = inputs.choice.reasons if inputs.choice is not None else {}
        return next((text for key, text in reasons.items() if key.value == plane), "")

    def _handChosen(self, plane, nodeId):
        """That the user chose it; and what speaks for the series that is proposed, if that is another one."""
        if not nodeId:
            return _("Left empty by hand")
        chosen = next((each for each in self.session.inputs.seriesOf(plane) if each.node.GetID() == nodeId), None)
        if chosen is None:
            return _("Chosen by hand")
        text = _("Chosen by hand. {facts}.").format(facts=chosen.facts)
        return f"{text} {chosen.preferred}." if chosen.preferred else text

    def _sideWords(self):
        choice = self.session.inputs.choice
        if self.session.parameters.side != "automatic":
            return _("As you chose")
        if choice is None or not choice.nodes:
            return ""
        if choice.side is None:
            return _("Not tagged; it is found from the anatomy during the analysis")
        return _("{side}, by the DICOM tag").format(side=Words.title(choice.side.value))

    def _notices(self):
        inputs, volumes, notices = self.session.inputs, self.session.volumes, []
        if len(inputs.studies) > 1:
            text = _("{n} studies are loaded; ‘{name}’ is used").format(n=len(inputs.studies), name=inputs.study)
            notices.append(text)
        homes = inputs.studiesOf(volumes.values())
        if len(homes) > 1:
            notices.append(_("The chosen volumes are of different studies: {names}").format(names=", ".join(homes)))
        if not inputs.studies:
            notices.append(
                _("No volume is loaded. Load a {joint} study.").format(joint=Words.word(self.session.joint.name))
            )
        elif not volumes:
            problem = inputs.choice.problem if inputs.choice is not None else ""
            notices.append(problem or _("No plane was recognised; choose by hand"))
        return self._otherJoint() + notices + list(inputs.choice.notices if inputs.choice is not None else ())

    def _otherJoint(self):
        """That the volumes are called, or look like, another joint than the one that would be analyzed."""
        session, joint, inputs = self.session, self.session.joint.name, self.session.inputs
        if session.bundle is None:
            return []
        found = []
        if inputs.named not in ("", joint):
            text = _(
                "⚠ The descriptions of the volumes name the {named}; there is no bundle of it, only of the {joint}"
            )
            if inputs.named in self._joints:
                text = _("⚠ The descriptions of the volumes name the {named}, not the {joint}")
            found.append(text.format(named=Words.word(inputs.named), joint=Words.word(joint)))
        if inputs.pictured not in ("", joint):
            text = _("⚠ The volumes look like another joint: {pictured}, not {joint}")
            found.append(text.format(pictured=Words.word(inputs.pictured), joint=Words.word(joint)))
        return found
