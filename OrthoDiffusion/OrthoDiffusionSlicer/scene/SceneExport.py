"""A results folder → scene.mrb and a picture of its 3D view, without Slicer's window, by the code that fills scenes.

python OrthoDiffusion/OrthoDiffusionSlicer/scene/SceneExport.py RESULTS [--volumes FILES_OR_FOLDERS…] [--out FOLDER]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":  # as a command, from a source tree or an installed extension
    _HERE = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(_HERE), str(_HERE.parent)]

SCENE, PICTURE = "scene.mrb", "scene.png"


def export(results, volumes=(), out=None):
    """Write ``scene.mrb`` and ``scene.png``.

    Args:
        results: a complete results folder.
        volumes: files or folders of the study; those that the analysis used come into the scene.
        out: where the two files go; by default into the results folder.

    Returns:
        (path of the scene, path of the picture or None if this computer cannot render).

    Raises:
        OrthoDiffusionError: if the results or a volume cannot be read, or the scene cannot be written.
    """
    import slicer

    from OrthoDiffusionLib.errors import OutputError
    from OrthoDiffusionLib.messages import Message
    from OrthoDiffusionSlicer.scene import Scene, SliceViews
    from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
    from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, SURFACE

    results, out = Path(results), Path(out or results)
    with tempfile.TemporaryDirectory() as cache:
        scene = Scene.newScene(cache)
        inputs = _addInputs(scene, results, volumes)
        nodes = SceneWriter(scene, results, inputs).write()
        _addSurfaces(nodes)
        nodes.segmentation.GetDisplayNode().SetPreferredDisplayRepresentationName2D(LABELMAP)
        nodes.segmentation.GetDisplayNode().SetPreferredDisplayRepresentationName3D(SURFACE)
        _addViews(scene, slicer)
        SliceViews.showInputs(scene, inputs)
        first = max(nodes.findings, key=lambda row: (row.pointRAS is not None, row.probability or 0.0), default=None)
        if first is not None and first.pointRAS is not None:
            SliceViews.jumpTo(scene, first.pointRAS)
        target = out / SCENE
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=out) as unfinished:
            # Slicer's writer returns False without a reason; the usual one is a full disk.
            if not scene.WriteToMRB(os.path.join(unfinished, SCENE)):
                raise OutputError(Message("scene", "not_written"), where=str(target))
            os.replace(os.path.join(unfinished, SCENE), target)
    return target, _picture(target, out / PICTURE)


def _addInputs(scene, results, volumes):
    """Plane name → volume node, for the volumes by which the analysis named its planes."""
    from OrthoDiffusionLib.findings.results_json import read_findings_json
    from OrthoDiffusionLib.volumes.inputs import read_inputs

    if not volumes:
        return {}
    planes = read_findings_json(results / "findings.json")["study"]["planes"]
    loaded, _notices = read_inputs([Path(path) for path in volumes])
    nodes = {}
    for volume in loaded:
        if volume.name in planes.values():
            nodes[volume.name] = addVolume(scene, volume)
    return {plane: nodes[name] for plane, name in planes.items() if name in nodes}


def addVolume(scene, volume):
    """A scalar volume node with the voxels and the place of a Volume."""
    import numpy as np
    import slicer
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk

    image = vtk.vtkImageData()
    image.SetDimensions(*volume.array.shape)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(volume.array.T).ravel(), deep=True))
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(volume.geometry.affine.ravel().tolist())
    node = slicer.vtkMRMLScalarVolumeNode()
    node.SetName(volume.name)
    node.SetAndObserveImageData(image)
    node.SetIJKToRASMatrix(matrix)
    scene.AddNode(node)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    grey = scene.GetNodeByID("vtkMRMLColorTableNodeGrey")
    if grey is not None:
        display.SetAndObserveColorNodeID(grey.GetID())
    low, high = (float(value) for value in np.percentile(volume.array[::2, ::2, ::2], (1, 99.5)))
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(low, max(high, low + 1))
    return node


def _addSurfaces(nodes):
    """All surfaces at once: there is no window that would wait."""
    from OrthoDiffusionSlicer.scene.SegmentationWriter import SURFACE
    from OrthoDiffusionSlicer.scene.Surfaces import closedSurface
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    segments = nodes.segmentation.GetSegmentation()
    for segmentId in nodes.segments.values():
        segment = segments.GetSegment(segmentId)
        array, affine = labelsOfSegment(segment)
        segment.AddRepresentation(SURFACE, closedSurface(array, segment.GetLabelValue(), affine))


def _addViews(scene, slicer):
    """The three slice views of Slicer's usual layouts, so that the scene opens at the right places."""
    slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(scene)
    for name, orientation in (("Red", "Axial"), ("Yellow", "Sagittal"), ("Green", "Coronal")):
        view = scene.CreateNodeByClass("vtkMRMLSliceNode")  # knows the orientations, which a bare node does not
        view.UnRegister(None)
        view.SetName(name)
        view.SetLayoutName(name)
        view.SetSingletonTag(name)
        view = scene.AddNode(view)
        view.SetOrientation(orientation)
        composite = slicer.vtkMRMLSliceCompositeNode()
        composite.SetLayoutName(name)
        composite.SetSingletonTag(name)
        scene.AddNode(composite)


def _picture(scenePath, path):
    """Render in a process of its own: a computer without any OpenGL ends the process that tries."""
    from OrthoDiffusionLib.service.command import without_window

    # Slicer's archive reader changes folders on the way: a relative path would lead nowhere.
    files = [str(file.resolve()) for file in (scenePath, path)]
    command = [sys.executable, str(Path(__file__).resolve()), "--picture", *files]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", **without_window())
    if done.returncode == 0 and path.is_file():
        return path
    path.unlink(missing_ok=True)
    return None


def renderScene(scenePath, path):
    """Open a scene file and render its 3D view; what a reader of the file sees, not what its writer remembers."""
    from OrthoDiffusionSlicer.scene import Scene, ScenePicture

    with tempfile.TemporaryDirectory() as cache:
        scene = Scene.newScene(cache)
        if not scene.ReadFromMRB(str(scenePath), True):
            raise RuntimeError(f"{scenePath} cannot be read")
        ScenePicture.save3D(scene, Scene.applicationLogic(scene), path)


def main(arguments=None):
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="results folder of `orthodiffusion analyze`")
    parser.add_argument("--volumes", nargs="*", default=(), help="files or folders of the study, to be in the scene")
    parser.add_argument("--out", type=Path, help="where scene.mrb and scene.png go; by default the results folder")
    given = parser.parse_args(arguments)

    from OrthoDiffusionLib.errors import OrthoDiffusionError

    try:
        import slicer  # noqa: F401
    except ImportError:
        print("No scene was written: it needs the package slicer-core (pip install slicer-core).", file=sys.stderr)
        return 2
    try:
        scene, picture = export(given.results, given.volumes, given.out)
    except OrthoDiffusionError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Scene for 3D Slicer: {scene}")
    if picture is None:
        print("No picture of the 3D view: this computer has no OpenGL, such as Mesa's (libegl1, libgl1-mesa-dri).")
    else:
        print(f"Picture of the 3D view: {picture}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--picture"]:
        renderScene(*sys.argv[2:4])
    else:
        sys.exit(main())
