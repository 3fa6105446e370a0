"""The test host is as strict as Slicer's own bindings: what would fail or be ignored there must fail here."""

import pytest


def test_a_misspelt_attribute_a_called_property_and_an_unknown_signal_raise(slicer):
    import qt

    button = qt.QPushButton("a")
    with pytest.raises(AttributeError):
        button.enabeld = False
    with pytest.raises(TypeError):
        button.text()
    with pytest.raises(ValueError, match="does not exist"):
        button.connect("clicked(int)", print)


def test_a_slot_gets_as_many_arguments_as_it_takes(slicer):
    import qt

    button, calls = qt.QPushButton("a"), []
    button.connect("clicked(bool)", lambda: calls.append("no argument"))
    button.connect("clicked(bool)", lambda checked: calls.append(checked))
    button.click()
    assert calls == ["no argument", False]


def test_an_unknown_widget_class_in_a_ui_file_raises(slicer, tmp_path):
    path = tmp_path / "x.ui"
    path.write_text('<ui version="4.0"><class>X</class><widget class="ctkNoSuchWidget" name="X"/></ui>')
    with pytest.raises(NotImplementedError, match="ctkNoSuchWidget"):
        slicer.util.loadUI(str(path))


def test_a_parameter_that_is_not_there_and_a_value_out_of_range_raise(panel):
    with pytest.raises(ValueError, match="within"):
        panel._parameters.heatMapOpacity = 1.5
    with pytest.raises(ValueError, match="not one of"):
        panel._parameters.side = "both"


def test_what_slicer_has_and_the_host_has_not_raises(slicer):
    with pytest.raises(AttributeError):
        slicer.app.noSuchThing  # noqa: B018
    with pytest.raises(KeyError):
        slicer.app.connect("noSuchSignal()", print)
    assert not hasattr(slicer, "packaging"), "absent in Slicer 5.10, so the panel may not need it"


def test_widgets_follow_their_parameters_both_ways(panel):
    panel.ui.heatMapSlider.value = 0.25
    assert panel._parameters.heatMapOpacity == 0.25
    panel._parameters.showHeatMap = False
    assert not panel.ui.heatMapCheckBox.checked


def test_what_was_hidden_in_a_collapsed_section_stays_hidden_when_it_opens(slicer):
    """As ctkCollapsibleButton does it: what is said to a child while the section is closed counts when it opens."""
    import ctk
    import qt

    section = ctk.ctkCollapsibleButton("a")
    shown, hidden, later = qt.QLabel("b", section), qt.QLabel("c", section), qt.QLabel("d", section)
    hidden.visible = False
    section.collapsed = True
    later.visible = False
    later.visible = True
    assert shown.isHidden() and later.isHidden()
    section.collapsed = False
    assert not shown.isHidden() and hidden.isHidden() and not later.isHidden()
