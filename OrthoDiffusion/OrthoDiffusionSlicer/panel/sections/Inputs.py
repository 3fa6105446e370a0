"""Section of the joint, ‘Knee’: which volume serves which plane and why, side, bundle, and what the referral says."""

from slicer.i18n import tr as _

from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel.ParameterNode import PLANES, SIDES
from OrthoDiffusionSlicer.panel.sections.ReferralFields import ReferralFields
from OrthoDiffusionSlicer.panel.sections.Section import Section, say
from OrthoDiffusionSlicer.panel.tables.SeriesList import SeriesList


class Inputs(Section):
    """Args: session and folder as for every Section; filling: Filling, true while a program sets the selectors."""

    def __init__(self, session, folder, filling):
        self._filling = filling
        self._names, self._titles = [], []  # of the studies and of the bundles, as the selectors show them
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
        for widget in (self.ui.chooseButton, self.ui.sideSelector, self.ui.bundleSelector, self.ui.studySelector):
            widget.enabled = editable
        self._hideOwnVolumes()
        self._showStudies()
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

    def _onBundle(self, index):
        self.session.chooseBundle(self.session.software.bundles[index].folder)

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

    def _showBundle(self):
        session, selector = self.session, self.ui.bundleSelector
        bundles, bundle = session.software.bundles, session.bundle
        titles = [each.title for each in bundles]
        if titles != self._titles:
            self._titles = titles
            selector.clear()
            selector.addItems(titles)
        if bundle is not None:
            selector.currentIndex = bundles.index(bundle)
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
        return notices + list(inputs.choice.notices if inputs.choice is not None else ())
