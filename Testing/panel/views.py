"""PNGs of Slicer's views without Qt and without a display: Slicer's own slice and 3D pipelines, offscreen."""

import slicer
import vtk

_logics = {}


def save(slicer_host, name, path, size):
    """One view as the scene's nodes say: ‘Red’, ‘Yellow’, ‘Green’ or ‘3D’."""
    if name == "3D":
        _save_3d(path, size)
    else:
        save_slice(name, path, size)


def save_slice(name, path, size):
    """A slice view with its volumes, heat map and segments, where it stands now."""
    scene = slicer.mrmlScene
    node = scene.GetSingletonNode(name, "vtkMRMLSliceNode")
    composite = scene.GetSingletonNode(name, "vtkMRMLSliceCompositeNode")
    if not composite.GetBackgroundVolumeID():
        return _blank(path, size)
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    logic.SetMRMLScene(scene)
    logic.SetSliceNode(node)
    logic.SetSliceCompositeNode(composite)
    place = [node.GetSliceToRAS().GetElement(axis, 3) for axis in range(3)]
    node.SetDimensions(*size, 1)
    logic.FitSliceToBackground(*size)
    node.JumpSliceByCentering(*place)
    logic.UpdatePipeline()
    mapper, actor = vtk.vtkImageMapper(), vtk.vtkActor2D()
    mapper.SetColorWindow(255)
    mapper.SetColorLevel(127.5)
    mapper.SetInputConnection(logic.GetImageDataConnection())
    actor.SetMapper(mapper)
    image, overlay = vtk.vtkRenderer(), vtk.vtkRenderer()
    image.AddViewProp(actor)
    window = _window(size, image, overlay)
    group = _managers(
        slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance(),
        [
            "vtkMRMLSegmentationsDisplayableManager2D",
            "vtkMRMLCrosshairDisplayableManager",
            "vtkMRMLMarkupsDisplayableManager",
        ],
        overlay,
        node,
    )
    _write(window, path)
    group.SetMRMLDisplayableNode(None)
    return None


def _save_3d(path, size):
    from OrthoDiffusionSlicer.scene import ScenePicture

    segmentations = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    if not any(node.GetSegmentation().ContainsRepresentation("Closed surface") for node in segmentations):
        _blank(path, size, (0.76, 0.76, 0.91))
        return
    ScenePicture.save3D(slicer.mrmlScene, slicer.app.applicationLogic(), path, size)


def _blank(path, size, colour=(0.0, 0.0, 0.0)):
    renderer = vtk.vtkRenderer()
    renderer.SetBackground(*colour)
    _write(_window(size, renderer), path)


def _window(size, *renderers):
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)  # the same pixels on every run
    window.SetSize(*size)
    window.SetNumberOfLayers(len(renderers))
    for layer, renderer in enumerate(renderers):
        renderer.SetLayer(layer)
        window.AddRenderer(renderer)
    vtk.vtkGenericRenderWindowInteractor().SetRenderWindow(window)
    return window


def _managers(factory, names, renderer, view_node):
    factory.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    for name in names:
        if not factory.IsDisplayableManagerRegistered(name):
            factory.RegisterDisplayableManager(name)
    group = factory.InstantiateDisplayableManagers(renderer)
    group.SetMRMLDisplayableNode(view_node)
    return group


def _write(window, path):
    window.Render()
    grab, writer = vtk.vtkWindowToImageFilter(), vtk.vtkPNGWriter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    writer.SetInputConnection(grab.GetOutputPort())
    writer.SetFileName(str(path))
    writer.Write()
