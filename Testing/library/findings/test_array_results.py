"""What is handed back is what was found; what is not complete is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings.array_results import ArrayResults, is_array_results, write_array_results


def arrived(folder) -> ArrayResults:
    back = ArrayResults(folder)
    for _ in back.steps():
        pass
    return back


@pytest.fixture
def handed(analysis, tmp_path):
    return write_array_results(analysis, tmp_path / "results")


def test_findings_labels_and_heat_maps_arrive_as_they_were(analysis, handed):
    back = arrived(handed)
    assert back.findings == json.loads(json.dumps(analysis.as_dict()))
    labels = analysis.segmentation.labels
    assert np.array_equal(back.labels.array, labels.array) and back.labels.geometry == labels.geometry
    assert back.labels.array.transpose(2, 1, 0).flags.c_contiguous, "a scene would have to turn it round"
    heat = {finding.name: finding.evidence for finding in analysis.findings if finding.evidence is not None}
    assert heat and back.evidence.keys() == heat.keys()
    for name, volume in heat.items():
        assert np.array_equal(back.evidence[name].array, volume.array)
        assert back.evidence[name].geometry == volume.geometry


def test_it_is_told_from_a_results_folder_and_is_never_written_over_by_itself(analysis, handed, tmp_path):
    assert is_array_results(handed)
    assert not is_array_results(analysis.save(tmp_path / "saved"))
    with pytest.raises(OutputError, match="exists already"):
        write_array_results(analysis, handed)
    write_array_results(analysis, handed, overwrite=True)
    with pytest.raises(OutputError, match="holds other files"):
        write_array_results(analysis, tmp_path / "saved", overwrite=True)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("arrays/arrays.json", b"{", r"arrays\.json cannot be read"),
        ("arrays/arrays.json", b'{"schema_version": 7}', "schema version 7; 1 is needed"),
        ("arrays/arrays.json", b'{"schema_version": [7]}', r"schema version \[7\]; 1 is needed"),
        ("arrays/arrays.json", b'{"schema_version": 1, "evidence": {}}', "segmentation cannot be read"),
        ("arrays/segmentation.npy", b"", r"segmentation\.npy cannot be read"),
        ("findings.json", b"", r"findings\.json is damaged"),
    ],
)
def test_a_folder_that_is_not_complete_is_refused_by_the_name_of_the_file(handed, file, content, said):
    (handed / file).write_bytes(content)
    with pytest.raises(OutputError, match=said):
        arrived(handed)


@pytest.mark.parametrize("place", ["../findings.json", "/tmp/x.npy", ""])
def test_an_array_outside_of_the_folder_is_not_read(handed, place):
    path = handed / "arrays" / "arrays.json"
    content = json.loads(path.read_text())
    content["segmentation"]["array"] = place
    path.write_text(json.dumps(content))
    with pytest.raises(OutputError, match="not in the folder"):
        arrived(handed)


def test_floating_labels_are_refused(handed):
    np.save(handed / "arrays" / "segmentation.npy", np.zeros((2, 2, 2), np.float32))
    with pytest.raises(OutputError, match="3D image of uint8"):
        arrived(handed)
