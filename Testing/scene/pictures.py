"""Pictures of a MRML scene without Qt and without a display: Slicer's own slice and 3D pipelines, offscreen."""

import slicer
import vtk


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


def _save(window, path):
    window.Render()
    grab, writer = vtk.vtkWindowToImageFilter(), vtk.vtkPNGWriter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    writer.SetInputConnection(grab.GetOutputPort())
    writer.SetFileName(str(path))
    writer.Write()


def save_slice(volume, orientation, ras, path, size=(500, 500), foreground=None, opacity=0.5):
    """One slice view (``Axial``, ``Sagittal`` or ``Coronal``) through ``ras`` with all visible segments."""
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    logic.SetMRMLScene(slicer.mrmlScene)
    node = logic.AddSliceNode(f"Picture{orientation}")
    node.SetOrientation(orientation)
    composite = logic.GetSliceCompositeNode()
    composite.SetBackgroundVolumeID(volume.GetID())
    if foreground:
        composite.SetForegroundVolumeID(foreground.GetID())
        composite.SetForegroundOpacity(opacity)
    node.SetDimensions(*size, 1)
    logic.FitSliceToAll(*size)
    node.JumpSliceByCentering(*ras)
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
        ["vtkMRMLSegmentationsDisplayableManager2D"],
        overlay,
        node,
    )
    _save(window, path)
    group.SetMRMLDisplayableNode(None)
    slicer.mrmlScene.RemoveNode(composite)
    slicer.mrmlScene.RemoveNode(node)


def save_3d(path, position=(250, 350, 120), size=(500, 500)):
    """The 3D view, looked at from ``position`` (RAS); needs closed surfaces on the segmentations."""
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLViewNode", "Picture3D")
    node.SetBoxVisible(False)
    node.SetAxisLabelsVisible(False)
    renderer = vtk.vtkRenderer()
    window = _window(size, renderer)
    group = _managers(
        slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance(),
        [
            "vtkMRMLCameraDisplayableManager",
            "vtkMRMLViewDisplayableManager",
            "vtkMRMLSegmentationsDisplayableManager3D",
        ],
        renderer,
        node,
    )
    window.Render()
    camera = renderer.GetActiveCamera()
    camera.SetFocalPoint(0, 0, 0)
    camera.SetPosition(*position)
    camera.SetViewUp(0, 0, 1)
    renderer.ResetCamera()
    _save(window, path)
    group.SetMRMLDisplayableNode(None)
    slicer.mrmlScene.RemoveNode(node)
