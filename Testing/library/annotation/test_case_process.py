"""Label maps on the disk and the process that reads and writes them: whole or not at all, whatever happens."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.annotation.agreement import compare
from OrthoDiffusionLib.annotation.case_files import CaseRequest, bring, read_label_map
from OrthoDiffusionLib.annotation.case_process import perform
from OrthoDiffusionLib.annotation.frames import ARGUMENTS, Frame, layers_data, layers_facts, layers_of, read_frame
from OrthoDiffusionLib.annotation.label_layers import (
    LABEL_TAG,
    STRUCTURE_TAG,
    KnownStructure,
    LabelLayers,
    SegmentRecord,
    layers_of_labels,
    settled,
)
from OrthoDiffusionLib.annotation.layers_file import read_layers, write_layers
from OrthoDiffusionLib.annotation.merging import merged
from OrthoDiffusionLib.errors import OutputError, VolumeFileError
from OrthoDiffusionLib.volumes import Geometry, Volume, read_volume, write_volume

ROOT = Path(__file__).parents[3]
WANTED = {"femur": 1, "medial_meniscus": 8}
RED, BLUE = (0.8, 0.1, 0.1), (0.1, 0.2, 0.9)


def oblique(shape=(20, 18, 10)):
    turn = np.radians(20)
    directions = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, -1]])
    return Geometry.from_axes(shape, spacing_mm=(0.8, 0.7, 3.0), directions=directions, origin_ras=(12.5, -30.0, 44.0))


def overlapping():
    """A femur and, in a layer of its own as the Segment Editor leaves it, a cyst that reaches into it."""
    one = np.zeros((20, 18, 10), np.uint8, order="F")
    one[2:12, 2:12, 2:8] = 1
    one[14:18, 2:8, 2:5] = 8
    two = np.zeros((20, 18, 10), np.int16, order="F")
    two[10:14, 4:9, 3:6] = 1
    return LabelLayers(
        (one, two),
        oblique(),
        (
            SegmentRecord("femur", "Femur", RED, 0, 1, {STRUCTURE_TAG: "femur", "Segmentation.Status": "inprogress"}),
            SegmentRecord("medial_meniscus", "Medial meniscus", BLUE, 0, 8, {STRUCTURE_TAG: "medial_meniscus"}),
            SegmentRecord("Segment_1", "Zyste: groß", BLUE, 1, 1, {LABEL_TAG: "101"}),
        ),
    )


def same(one, other):
    return all(
        np.array_equal(one.mask(a), other.mask(b)) and (a.key, a.name) == (b.key, b.name)
        for a, b in zip(one.segments, other.segments, strict=True)
    )


def test_every_structure_gets_its_own_value_again_in_as_few_layers_as_need_be():
    layers = settled(overlapping(), WANTED)
    assert [one.label for one in layers.segments] == [1, 8, 101] and len(layers.arrays) == 2
    assert same(layers, overlapping())
    apart = np.zeros((20, 18, 10), np.uint8)
    apart[15:17, 12:15, 7:9] = 1
    flat = settled(replace(overlapping(), arrays=(overlapping().arrays[0], apart)), WANTED)
    assert len(flat.arrays) == 1 and set(np.unique(flat.arrays[0])) == {0, 1, 8, 101}


def test_two_segments_that_want_the_same_value_both_stay():
    layers = overlapping()
    twice = (*layers.segments, SegmentRecord("femur_prediction", "Femur (new)", RED, 1, 1, {STRUCTURE_TAG: "femur"}))
    labels = [one.label for one in settled(replace(layers, segments=twice), WANTED).segments]
    assert len(set(labels)) == 4 and labels[0] == 1


def test_a_file_comes_back_exactly_with_names_values_and_place(tmp_path):
    layers = settled(overlapping(), WANTED)
    write_layers(layers, tmp_path / "new" / "a.seg.nrrd")
    back = read_layers(tmp_path / "new" / "a.seg.nrrd")
    assert same(layers, back) and back.segments == layers.segments
    assert back.geometry.is_same_grid(layers.geometry)


def test_a_file_of_one_layer_is_an_image_for_every_other_program(tmp_path):
    one = np.zeros((20, 18, 10), np.uint8)
    one[3:9, 4:9, 2:7] = 101
    segment = SegmentRecord("x", "Cyst", RED, 0, 101, {LABEL_TAG: "101"})
    write_layers(LabelLayers((one,), oblique(), (segment,)), tmp_path / "a.seg.nrrd")
    volume = read_volume(tmp_path / "a.seg.nrrd")
    assert volume.geometry.is_same_grid(oblique()) and np.array_equal(volume.array, one)


def test_slicer_reads_the_file_and_we_read_slicers(tmp_path):
    slicer = pytest.importorskip("slicer")
    layers = settled(overlapping(), WANTED)
    write_layers(layers, tmp_path / "ours.seg.nrrd")
    scene = slicer.vtkMRMLScene()
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    storage = slicer.vtkMRMLSegmentationStorageNode()
    storage.SetFileName(str(tmp_path / "ours.seg.nrrd"))
    scene.AddNode(storage)
    assert storage.ReadData(node)
    assert list(node.GetSegmentation().GetSegmentIDs()) == ["femur", "medial_meniscus", "Segment_1"]
    storage = slicer.vtkMRMLSegmentationStorageNode()
    storage.SetFileName(str(tmp_path / "theirs.seg.nrrd"))
    scene.AddNode(storage)
    assert storage.WriteData(node)
    back = read_layers(tmp_path / "theirs.seg.nrrd")
    for ours, theirs in zip(layers.segments, back.segments, strict=True):
        assert (ours.key, ours.name) == (theirs.key, theirs.name)
        assert layers.mask(ours).sum() == back.mask(theirs).sum()
        centres = [grid.geometry.to_ras(np.argwhere(grid.mask(one)).mean(axis=0)) for grid, one in
                   ((layers, ours), (back, theirs))]  # fmt: skip
        np.testing.assert_allclose(*centres, atol=1e-4)
    # Slicer numbers the layers anew; the worklist's next save gives every structure its own value again.
    assert [one.label for one in settled(back, WANTED).segments] == [one.label for one in layers.segments]


@pytest.mark.parametrize("cut", [0.02, 0.5, 0.98])
def test_a_file_that_was_cut_off_is_refused(tmp_path, cut):
    path = tmp_path / "a.seg.nrrd"
    write_layers(settled(overlapping(), WANTED), path)
    path.write_bytes(path.read_bytes()[: int(cut * path.stat().st_size)])
    with pytest.raises(VolumeFileError, match="cannot be read") as caught:
        read_layers(path)
    assert "earlier version" in caught.value.remedy


def test_other_peoples_label_maps_get_the_joints_names(tmp_path):
    array = np.zeros((20, 18, 10), np.float32)
    array[2:5], array[6:9] = 8, 77
    known = [KnownStructure("medial_meniscus", "Medial meniscus", 8, RED)]
    layers = layers_of_labels(Volume(array, oblique()), known)
    assert [(one.key, one.name, one.label) for one in layers.segments] == [
        ("medial_meniscus", "Medial meniscus", 8), ("Label 77", "Label 77", 77)]  # fmt: skip
    with pytest.raises(ValueError, match="whole numbers"):
        layers_of_labels(Volume(array + 0.5, oblique()), known)


def test_labels_alone_under_the_name_of_slicers_files_are_opened_and_not_taken_for_empty(tmp_path):
    """As SimpleITK and pynrrd write them; else the annotator begins anew, and saves over them."""
    array = np.zeros((20, 18, 10), np.uint8)
    array[2:5, 3:9] = 8
    write_volume(Volume(array, oblique()), tmp_path / "a.nrrd")
    (tmp_path / "a.nrrd").rename(tmp_path / "knee.seg.nrrd")
    layers = read_label_map(tmp_path / "knee.seg.nrrd", [KnownStructure("medial_meniscus", "Medial meniscus", 8, RED)])
    (segment,) = layers.segments
    assert segment.key == "medial_meniscus" and np.array_equal(layers.mask(segment), array == 8)
    assert layers.geometry.is_same_grid(oblique())


def test_a_segment_whose_colour_is_cut_off_is_no_internal_error(tmp_path):
    path = tmp_path / "a.seg.nrrd"
    write_layers(settled(overlapping(), WANTED), path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Segment1_Color:=0.100000 0.200000 0.900000", b"Segment1_Color:=0.1"))
    with pytest.raises(VolumeFileError, match="cannot be read"):
        read_layers(path)


def test_a_case_is_brought_with_images_label_map_and_place(tmp_path):
    import nibabel

    image = np.arange(3600, dtype=np.int16).reshape(20, 18, 10)
    nibabel.save(nibabel.Nifti1Image(image, oblique().affine), tmp_path / "sag.nii.gz")
    write_layers(settled(overlapping(), WANTED), tmp_path / "a.seg.nrrd")
    request = CaseRequest((str(tmp_path / "sag.nii.gz"),), segmentation=str(tmp_path / "a.seg.nrrd"), origin="version")
    assert CaseRequest.from_dict(json.loads(json.dumps(request.as_dict()))) == request
    bring(request, tmp_path / "out")
    content = json.loads((tmp_path / "out" / "case.json").read_text())
    array = np.load(tmp_path / "out" / content["volumes"][0]["array"])
    np.testing.assert_array_equal(array, image)
    np.testing.assert_allclose(content["volumes"][0]["affine"], oblique().affine, atol=1e-5)
    layers = layers_of(content["layers"], np.load(tmp_path / "out" / "layers.npy").tobytes())
    assert same(layers, settled(overlapping(), WANTED)) and content["origin"] == "version"


def test_two_readers_are_compared_and_the_final_version_takes_each_structure_from_one_of_them():
    one = settled(overlapping(), WANTED)
    moved = np.roll(one.arrays[0], 1, axis=0)
    other = replace(one, arrays=(moved, *one.arrays[1:]), segments=one.segments[:2])
    rows = {row.key: row for row in compare(one, other)}
    assert 0.85 < rows["femur"].dice < 0.95 and rows["femur"].worst_mm == pytest.approx(0.8, abs=0.01)
    assert rows["femur"].mean_mm < 0.8 and rows["femur"].one_ml == rows["femur"].other_ml
    assert rows["Zyste: groß"].dice == 0.0 and rows["Zyste: groß"].mean_mm is None
    final = merged(one, {"femur": other})
    assert np.array_equal(final.mask(final.segment("femur")), other.mask(other.segment("femur")))
    for key in ("medial_meniscus", "Zyste: groß"):
        assert np.array_equal(final.mask(final.segment(key)), one.mask(one.segment(key)))
    assert final.segment("femur").label == 1
    assert merged(other, {"Zyste: groß": one}).segment("Zyste: groß") is not None
    assert merged(one, {"Zyste: groß": other}).segment("Zyste: groß") is None


def test_segments_of_one_name_are_all_in_the_final_version_and_in_the_comparison():
    """An annotator calls two of them ‘Osteophyte’; nobody forbids it, and the second one was drawn, too."""
    array = np.zeros((20, 18, 10), np.uint8)
    array[2:6, 2:6, 2:6], array[12:16, 2:6, 2:6] = 101, 102
    segments = tuple(SegmentRecord(f"Segment_{n}", "Osteophyte", RED, 0, 100 + n, {}) for n in (1, 2))
    one = LabelLayers((array,), oblique(), segments)
    final = merged(one, {})
    assert [int(final.mask(segment).sum()) for segment in final.segments] == [64, 64]
    assert np.array_equal(np.max(final.arrays, axis=0) > 0, array > 0)
    other = replace(one, arrays=(np.roll(array, 3, axis=1),))
    assert np.array_equal(np.max(merged(one, {"Osteophyte": other}).arrays, axis=0) > 0, other.arrays[0] > 0)
    (row,) = compare(one, replace(one, segments=segments[::-1]))
    assert row.dice == 1.0 and row.one_ml == pytest.approx(128 * one.geometry.voxel_volume_mm3 / 1000)


@pytest.mark.parametrize("larger_first", [False, True])
def test_what_a_reader_drew_beyond_the_grid_of_another_is_compared_and_stays(larger_first):
    """A file holds the smallest box of what was drawn: a reader who painted farther out has a larger one."""
    large = settled(overlapping(), WANTED)
    small = replace(
        large,
        arrays=tuple(np.asfortranarray(array[4:10, :, 1:7]) for array in large.arrays),
        geometry=large.geometry.cropped((4, 0, 1), (10, 18, 7)),
    )
    one, other = (large, small) if larger_first else (small, large)
    row = next(row for row in compare(one, other) if row.key == "femur")
    ml = [
        float(layers.mask(layers.segment("femur")).sum()) * large.geometry.voxel_volume_mm3 / 1000
        for layers in (one, other)
    ]
    assert [row.one_ml, row.other_ml] == pytest.approx(ml)
    assert row.dice == pytest.approx(2 * min(ml) / sum(ml)) and row.worst_mm > 1.0
    final = merged(small, {"femur": large})
    assert final.mask(final.segment("femur")).sum() == large.mask(large.segment("femur")).sum()
    assert final.geometry.is_same_grid(large.geometry)


@pytest.mark.parametrize("prediction_first", [False, True])
def test_a_new_prediction_beside_edited_outlines_changes_neither_their_value_nor_the_comparison(prediction_first):
    one = overlapping()
    beside = SegmentRecord("femur_prediction", "Femur (new prediction)", RED, 0, 200, {STRUCTURE_TAG: "femur"})
    array = one.arrays[0].copy(order="F")
    array[13, :, 8:] = 200
    segments = (beside, *one.segments) if prediction_first else (*one.segments, beside)
    both = LabelLayers((array, one.arrays[1]), one.geometry, segments)
    final = merged(both, {})
    by_id = {segment.id: segment for segment in final.segments}
    assert by_id["femur"].label == 1 and by_id["medial_meniscus"].label == 8
    assert np.array_equal(final.mask(by_id["femur"]), array == 1)
    assert np.array_equal(final.mask(by_id["femur_prediction"]), array == 200)
    assert {row.key: row.dice for row in compare(both, one)}["femur"] == 1.0


# The process


class Process:
    """The process as the panel starts it."""

    def __init__(self, **options):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([sys.executable, *ARGUMENTS], env=environment, **pipes, **options)
        self.number = 0

    def send(self, frame):
        self.process.stdin.write(frame.head() + frame.data)
        self.process.stdin.flush()

    def ask(self, task, facts, data=b""):
        self.number += 1
        self.send(Frame(self.number, task, facts, data))
        answer = json.loads(self.process.stdout.readline())
        assert answer["id"] == self.number
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def save_facts(layers, folder, **more):
    return {**layers_facts(layers), "folder": str(folder), "wanted": WANTED, "reading": {"reviews": {}}, **more}


def test_the_process_saves_reads_and_goes_on_after_an_error(tmp_path):
    layers = overlapping()
    (tmp_path / "file").write_text("x")
    with Process() as process:
        done = process.ask("save", save_facts(layers, tmp_path / "v001"), layers_data(layers))
        assert done["done"]["folder"] == str(tmp_path / "v001")
        bad = process.ask("save", save_facts(layers, tmp_path / "file" / "v001"), layers_data(layers))
        assert bad["error"]["what"] and bad["error"]["remedy"]
        assert "error" in process.ask("nonsense", {})
        again = process.ask(
            "save", save_facts(layers, tmp_path / "v002", replaces=str(tmp_path / "v001")), layers_data(layers)
        )
        assert "done" in again
        out = tmp_path / "out"
        gone = process.ask("bring", {**CaseRequest((str(tmp_path / "no.nii"),)).as_dict(), "out": str(out)})
        assert "no such file" in gone["error"]["what"]
    assert same(read_layers(tmp_path / "v002/segmentation.seg.nrrd"), settled(layers, WANTED))
    assert not (tmp_path / "v001").exists()
    assert json.loads((tmp_path / "v002/reading.json").read_text()) == {"reviews": {}}


def test_a_request_that_was_cut_off_is_dropped_and_the_file_of_before_stays(tmp_path):
    layers = overlapping()
    folder = tmp_path / "autosave"
    with Process() as process:
        process.ask("save", save_facts(layers, folder), layers_data(layers))
        frame = Frame(2, "save", save_facts(replace(layers, segments=layers.segments[:1]), folder), layers_data(layers))
        process.process.stdin.write((frame.head() + frame.data)[:-50])
    assert same(read_layers(folder / "segmentation.seg.nrrd"), settled(layers, WANTED))


def test_a_request_that_has_arrived_is_carried_out_although_nobody_waits_for_the_answer(tmp_path):
    layers = overlapping()
    process = Process()
    process.send(Frame(1, "save", save_facts(layers, tmp_path / "v001"), layers_data(layers)))
    process.process.stdout.close()
    process.process.stdin.close()
    process.process.wait(20)
    assert same(read_layers(tmp_path / "v001/segmentation.seg.nrrd"), settled(layers, WANTED))


def test_a_full_disk_is_told_and_the_earlier_file_stays(tmp_path):
    layers = overlapping()
    noise = np.random.default_rng(0).integers(0, 2, (80, 80, 40)).astype(np.uint8)
    large = LabelLayers(
        (noise,), oblique(noise.shape), (SegmentRecord("femur", "Femur", RED, 0, 1, {STRUCTURE_TAG: "femur"}),)
    )
    folder = tmp_path / "autosave"

    def little_room():  # a write beyond it fails as on a full disk
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with Process(preexec_fn=little_room) as process:
        assert "done" in process.ask("save", save_facts(layers, folder), layers_data(layers))
        answer = process.ask("save", save_facts(large, folder), layers_data(large))
        assert "Cannot write" in answer["error"]["what"] and "free space" in answer["error"]["remedy"]
    assert same(read_layers(folder / "segmentation.seg.nrrd"), settled(layers, WANTED))
    assert sorted(os.listdir(folder)) == ["reading.json", "segmentation.seg.nrrd"]


def test_killed_at_any_moment_of_writing_there_is_a_whole_file_and_no_older_one_than_was_answered(tmp_path):
    """The process itself is killed here, harder than Slicer's own end: the file is of one save or of the next."""
    random = np.random.default_rng(1)
    folder = tmp_path / "autosave"
    array = random.integers(0, 2, (120, 120, 40)).astype(np.uint8)
    for round_ in range(8):
        process = Process()
        answered = -1
        deadline = None
        for number in range(1000):
            array[0, 0, 0] = 1
            segment = SegmentRecord("femur", f"Save {number}", RED, 0, 1, {STRUCTURE_TAG: "femur"})
            layers = LabelLayers((array,), oblique(array.shape), (segment,))
            if deadline is not None and time.monotonic() > deadline:
                process.send(Frame(number, "save", save_facts(layers, folder), layers_data(layers)))
                time.sleep(random.uniform(0.0, 0.06))
                process.process.kill()
                break
            process.ask("save", save_facts(layers, folder), layers_data(layers))
            answered = number
            deadline = deadline or time.monotonic() + random.uniform(0.0, 0.3)
        process.process.wait(20)
        process.process.stdin.close()
        process.process.stdout.close()
        back = read_layers(folder / "segmentation.seg.nrrd")
        assert back.segments[0].name in (f"Save {answered}", f"Save {answered + 1}"), f"round {round_}"
        assert np.array_equal(back.arrays[0], array)


def test_frames_are_read_one_after_the_other(tmp_path):
    frames = [Frame(1, "save", {"a": 1}, b"xyz\n\n"), Frame(2, "write", {"path": "ä"}, b"")]
    path = tmp_path / "frames"
    path.write_bytes(b"".join(frame.head() + frame.data for frame in frames))
    with path.open("rb") as stream:
        assert [read_frame(stream), read_frame(stream), read_frame(stream)] == [*frames, None]


def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    if os.geteuid() == 0:
        target = tmp_path / "file" / "x"
        (tmp_path / "file").write_text("a file where the folder should be")
    else:
        target = tmp_path / "locked" / "x"
        (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="folder"):
        write_layers(settled(overlapping(), WANTED), target / "a.seg.nrrd")


def test_a_correction_in_slices_is_dropped_and_no_other_folder(tmp_path):
    for name in ("slices", "v001"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "segmentation.seg.nrrd").write_bytes(b"x")
        answer = perform(Frame(1, "drop", {"folder": str(tmp_path / name)}))
        assert ("error" in answer) == (name == "v001")
    assert [entry.name for entry in tmp_path.iterdir()] == ["v001"]
    assert "done" in perform(Frame(2, "drop", {"folder": str(tmp_path / "slices")})), "nothing to drop is no error"
