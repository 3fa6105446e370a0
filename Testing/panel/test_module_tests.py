"""`OrthoDiffusionTest` is for ctest in a real Slicer; what of it the host can run runs here: it is no draft."""

import unittest

import pytest

from OrthoDiffusionLib.volumes import read_volume


@pytest.fixture
def module_test(module, slicer, monkeypatch):
    """The test class, with the file reader that only Slicer's application has stood in for."""
    from nodes import add_volume

    def load(path):
        volume = read_volume(path)
        array = volume.array.transpose(2, 1, 0)
        return add_volume(slicer.mrmlScene, "loaded", affine=volume.geometry.affine, array=array)

    monkeypatch.setattr(slicer.util, "loadVolume", load)
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", "")

    def run(name):
        result = unittest.TestResult()
        module.OrthoDiffusionTest(name).run(result)
        return result

    return run


def test_the_planes_of_the_sample_exam_are_recognised(module_test):
    result = module_test("test_planesAreRecognisedByThemselves")
    assert result.testsRun == 1 and result.wasSuccessful(), result.failures + result.errors


def test_every_test_of_the_class_is_one_that_slicer_will_find(module):
    names = unittest.defaultTestLoader.getTestCaseNames(module.OrthoDiffusionTest)
    assert {"test_planesAreRecognisedByThemselves", "test_panelOpensAndFillsItself"} <= set(names)
    assert "test_consoleAnalysisFillsTheScene" in names


def test_reload_and_test_goes_on_after_a_test_that_cannot_run(module, module_test, monkeypatch, capsys):
    """ScriptedLoadableModule.py, runTest: the methods are called one after the other, and a skip would be an error."""
    from OrthoDiffusionSlicer.panel import Bundles

    monkeypatch.setattr(Bundles, "choices", list)
    case, ran = module.OrthoDiffusionTest(), []
    case.moduleTestNames = ["test_consoleAnalysisFillsTheScene", "test_planesAreRecognisedByThemselves"]
    monkeypatch.setattr(case, "tearDown", lambda: ran.append("one"))
    case.runTest()
    assert ran == ["one", "one"] and "the analysis cannot run here" in capsys.readouterr().out
    assert [reason for _test, reason in module_test("test_consoleAnalysisFillsTheScene").skipped] != []
