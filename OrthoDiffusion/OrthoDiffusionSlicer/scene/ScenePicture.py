"""A picture of a scene's 3D view, without a window: Slicer's own displayable managers, drawing offscreen."""

import slicer
import vtk

_MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
    "vtkMRMLColorLegendDisplayableManager",
)


def save3D(scene, applicationLogic, path, size=(1000, 1000), direction=(0.75, 1.0, 0.3)):
    """Render the 3D view as Slicer shows it; segmentations need closed surfaces.

    Args:
        scene: the MRML scene.
        applicationLogic: the scene's vtkSlicerApplicationLogic.
        path: of the PNG file.
        size: width and height in pixels.
        direction: from the middle of everything to the eye, in RAS.
    """
    node = scene.AddNewNodeByClass("vtkMRMLViewNode", "Picture")
    node.SetBoxVisible(False)
    node.SetAxisLabelsVisible(False)
    node.SetBackgroundColor(1.0, 1.0, 1.0)
    node.SetBackgroundColor2(1.0, 1.0, 1.0)
    renderer = vtk.vtkRenderer()
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)  # the same pixels on every run; smoothed by making it small
    window.SetSize(*(2 * pixels for pixels in size))
    window.AddRenderer(renderer)
    vtk.vtkGenericRenderWindowInteractor().SetRenderWindow(window)
    factory = slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance()
    factory.SetMRMLApplicationLogic(applicationLogic)
    for name in _MANAGERS:
        if not factory.IsDisplayableManagerRegistered(name):
            factory.RegisterDisplayableManager(name)
    group = factory.InstantiateDisplayableManagers(renderer)
    group.SetMRMLDisplayableNode(node)
    try:
        window.Render()
        camera = renderer.GetActiveCamera()
        camera.SetFocalPoint(0.0, 0.0, 0.0)
        camera.SetPosition(*direction)
        camera.SetViewUp(0.0, 0.0, 1.0)
        renderer.ResetCamera()
        camera.Zoom(1.3)
        renderer.ResetCameraClippingRange()
        _save(window, path)
    finally:
        group.SetMRMLDisplayableNode(None)
        cameras = [scene.GetNthNodeByClass(i, "vtkMRMLCameraNode")
                   for i in range(scene.GetNumberOfNodesByClass("vtkMRMLCameraNode"))]  # fmt: skip
        for other in [camera for camera in cameras if camera.GetLayoutName() == node.GetLayoutName()] + [node]:
            scene.RemoveNode(other)


def _save(window, path):
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    half = vtk.vtkImageResize()
    half.SetInputConnection(grab.GetOutputPort())
    half.SetResizeMethodToMagnificationFactors()
    half.SetMagnificationFactors(0.5, 0.5, 1.0)
    half.BorderOn()
    writer = vtk.vtkPNGWriter()
    writer.SetInputConnection(half.GetOutputPort())
    writer.SetFileName(str(path))
    writer.Write()
