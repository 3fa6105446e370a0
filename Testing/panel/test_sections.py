"""A section is one class and one .ui file; the panel's guide for developers says so, and this builds one."""

import pytest

UI = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0">
 <class>OrthoDiffusionVolumes</class>
 <widget class="qMRMLWidget" name="OrthoDiffusionVolumes">
  <layout class="QVBoxLayout" name="volumesSection">
   <item>
    <widget class="ctkCollapsibleButton" name="volumesButton">
     <property name="text"><string>Volumes</string></property>
     <layout class="QVBoxLayout" name="volumesColumn">
      <item><widget class="QLabel" name="volumesLabel"/></item>
     </layout>
    </widget>
   </item>
   <item><widget class="QPushButton" name="againButton"/></item>
  </layout>
 </widget>
 <customwidgets>
  <customwidget><class>qMRMLWidget</class><extends>QWidget</extends><container>1</container></customwidget>
  <customwidget><class>ctkCollapsibleButton</class><extends>QWidget</extends><container>1</container></customwidget>
 </customwidgets>
</ui>
"""


@pytest.fixture
def volumes_section(panel, tmp_path):
    from OrthoDiffusionSlicer.panel.sections.Section import Section

    class Volumes(Section):
        def setup(self):
            self.ui.againButton.connect("clicked(bool)", self.session.chooseAgain)

        def refresh(self):
            self.followResults(self.ui.volumesButton)
            self.ui.volumesLabel.text = ", ".join(sorted(self.session.volumes))

    (tmp_path / "OrthoDiffusionVolumes.ui").write_text(UI, encoding="utf-8")
    section = Volumes(panel.session, str(tmp_path))
    panel.session.changed.connect(section.refresh)
    yield section
    panel.session.changed.disconnect(section.refresh)


def test_a_section_shows_the_session_and_passes_clicks_on(panel, volumes_section, knee, click):
    assert volumes_section.ui.volumesLabel.text == "axial, coronal, sagittal"
    panel.sections.inputs.selector("coronal").pick(None)
    assert volumes_section.ui.volumesLabel.text == "axial, sagittal"
    click(volumes_section.ui.againButton)
    assert volumes_section.ui.volumesLabel.text == "axial, coronal, sagittal"


def test_a_section_about_results_opens_when_they_come_and_closes_when_they_go(
    slicer, panel, volumes_section, knee, click, wait_for
):
    panel.session.checkPackages()
    button = volumes_section.ui.volumesButton
    assert button.collapsed and not button.enabled
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    assert button.enabled and not button.collapsed
    button.collapsed = True
    panel.session.checkPackages()
    assert button.collapsed, "what the user closed stays closed while the results are the same"
    slicer.mrmlScene.RemoveNode(panel.session.results.table)
    assert button.collapsed and not button.enabled


def test_a_refresh_changes_nothing_when_nothing_has_changed(panel, knee, click, wait_for):
    """It is called after every change of anything, also while somebody reads, types or has a list open."""
    import qt

    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    wait_for(lambda: panel.session.settled)
    panel.ui.findingsTable.selectRow(1)
    panel.ui.findingsButton.collapsed = True
    told = []
    for name in ("sagittalSelector", "coronalSelector", "axialSelector"):
        getattr(panel.ui, name).connect("currentNodeChanged(vtkMRMLNode*)", told.append)
    for name in ("studySelector", "bundleSelector", "sideSelector", "sexSelector"):
        getattr(panel.ui, name).connect("currentIndexChanged(int)", told.append)
    cells = [panel.ui.findingsTable.cellWidget(row, 1) for row in range(8)]
    texts = [label.text for label in panel.parent.findChildren(qt.QLabel)]
    panel.sections.refresh()
    assert told == []
    assert [panel.ui.findingsTable.cellWidget(row, 1) for row in range(8)] == cells
    assert panel.ui.findingsTable.currentRow() == 1 and panel.ui.findingsButton.collapsed
    assert [label.text for label in panel.parent.findChildren(qt.QLabel)] == texts
