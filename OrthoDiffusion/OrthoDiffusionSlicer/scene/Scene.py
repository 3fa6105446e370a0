"""A MRML scene outside Slicer: what Slicer's start-up does for nodes, without Qt and without a window."""

from pathlib import Path

import slicer

# Colours first: without them volumes have no colour node and are drawn black.
_LOGICS = (
    ("Colors", "vtkSlicerColorLogic"),
    ("Volumes", "vtkSlicerVolumesLogic"),
    ("Segmentations", "vtkSlicerSegmentationsModuleLogic"),
    ("Tables", "vtkSlicerTablesLogic"),
    ("Markups", "vtkSlicerMarkupsLogic"),
)


def newScene(cacheFolder):
    """A scene that can be filled, written to .mrb and read from it.

    Args:
        cacheFolder: where reading a .mrb unpacks to.
    """
    scene = slicer.vtkMRMLScene()
    logic = slicer.vtkSlicerApplicationLogic()
    logic.SetMRMLScene(scene)
    # Where Slicer's own colour files would be; asked for, and not needed here.
    (Path(cacheFolder) / "ColorFiles").mkdir(exist_ok=True)
    logic.SetHomeDirectory(str(cacheFolder))
    logic.SetShareDirectory(".")
    kept = [logic]
    for name, kind in _LOGICS:
        part = getattr(slicer, kind)()
        part.SetMRMLApplicationLogic(logic)
        part.SetMRMLScene(scene)
        logic.SetModuleLogic(name, part)
        kept.append(part)
    (Path(cacheFolder) / ".slicer-cache").touch()  # else the cache manager takes it for a user's folder and warns
    cache = slicer.vtkCacheManager()
    cache.SetRemoteCacheDirectory(str(cacheFolder))
    cache.SetMRMLScene(scene)
    data = slicer.vtkDataIOManager()
    data.SetCacheManager(cache)
    scene.SetDataIOManager(data)
    _alive[scene] = [*kept, cache, data]
    return scene


def applicationLogic(scene):
    """The application logic that `newScene` made for a scene."""
    return _alive[scene][0]


# A scene does not own its logics; they live as long as they are referenced here.
_alive = {}
