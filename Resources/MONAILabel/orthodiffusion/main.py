"""The app that a server of MONAI Label runs: monailabel start_server --app THIS_FOLDER --studies FOLDER_OR_ADDRESS."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from fastapi import HTTPException
from monailabel.interfaces.app import MONAILabelApp
from monailabel.interfaces.datastore import Datastore
from monailabel.interfaces.tasks.infer_v2 import InferTask, InferType
from pydicom.dataset import Dataset

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.monai_adapter.label_service import LabelService, images_of_study, label_services

STUDY_IMAGES = "study_images"
"""Key of a request: the paths of all images of the study that its image belongs to."""

SIDES = ("as the study says", "right", "left")
"""What the client offers; the first is what it takes by itself."""

ENDINGS = (".nii.gz", ".nrrd", ".seg.nrrd")

_log = logging.getLogger(__name__)


class OrthoDiffusionInfer(InferTask):
    """One request: the image's study is analysed, and its labels are carried to the image's grid."""

    def __init__(self, service: LabelService) -> None:
        manifest = service.manifest
        super().__init__(
            type=InferType.SEGMENTATION,
            labels=service.label_names,
            dimension=3,
            description=f"{manifest.name} {manifest.version}. {manifest.intended_use}",
            config={"side": list(SIDES), "result_extension": list(ENDINGS)},
        )
        self._service = service

    def is_valid(self) -> bool:
        return True

    def __call__(self, request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The file of labels, which the server sends and deletes, and what is told beside it.

        Raises:
            HTTPException: with the words of the refusal, without a path.
        """
        image = Path(request["image"])
        study = [Path(path) for path in request.get(STUDY_IMAGES) or [image]]
        side = request.get("side")
        try:
            found = self._service.label(image, study, side=side if side in SIDES[1:] else None)
            ending = request.get("result_extension")
            ending = ending if ending in ENDINGS else ENDINGS[0]
            handle, name = tempfile.mkstemp(suffix=ending)
            os.close(handle)
            found.write(Path(name))
        except OrthoDiffusionError as error:
            raise _refusal(f"{error.what}. {error.remedy}") from error
        return name, found.told()


class OrthoDiffusionApp(MONAILabelApp):
    """MONAI Label asks for one image; an analysis reads the study. The app finds the study's other images.

    Settings by ``--conf NAME VALUE``: ``bundle`` (folder or name; else a model for each joint, of its default bundle),
    ``device`` ("auto", "cpu" or "cuda").
    """

    def __init__(self, app_dir: str, studies: str, conf: dict[str, str]) -> None:
        self._services = label_services(conf.get("bundle") or None, device=conf.get("device", "auto"))
        super().__init__(
            app_dir=app_dir,
            studies=studies,
            conf=conf,
            name="OrthoDiffusion",
            description="Outlines of a joint from its MR series. For research; not a medical device.",
            version=__version__,
        )

    def init_infers(self) -> dict[str, InferTask]:
        return {service.manifest.name: OrthoDiffusionInfer(service) for service in self._services}

    def infer(self, request: dict[str, Any], datastore: Datastore | None = None) -> dict[str, Any]:
        """Answer one request.

        Raises:
            HTTPException: if the store has no such image, or the study cannot be analysed.
        """
        image = request.get("image")
        request = {key: value for key, value in request.items() if key != STUDY_IMAGES}  # a client could name any path
        if not isinstance(image, str) or not self._was_sent(image):
            request[STUDY_IMAGES] = self._images(str(image), datastore or self.datastore())
        return super().infer(request, datastore)

    def batch_infer(self, request: dict[str, Any], datastore: Datastore | None = None) -> dict[str, Any]:
        """One network, one image after the other; MONAI Label divides by the number of GPUs, which may be 0."""
        return super().batch_infer({**request, "multi_gpu": False, "max_workers": 1}, datastore)

    def _was_sent(self, image: str) -> bool:
        """Whether a client sent this file with the request or in its session; such an image is a study by itself.

        MONAI Label would take any path of the server's computer that a client names.
        """
        sessions = self.sessions()
        homes = [tempfile.gettempdir(), *([sessions.store_path] if sessions is not None else [])]
        path = Path(image).resolve()
        return path.is_file() and any(Path(home).resolve() in path.parents for home in homes)

    def _images(self, image: str, store: Datastore) -> list[str]:
        client = getattr(store, "_client", None)  # of a DICOMweb server; the store offers no other way to its studies
        if client is None:
            names = store.list_images()
            if image not in names:  # the store answers "" for its path, which would be the server's own folder
                raise _refusal("There is no such image on the server. Choose one of its list.")
            return [store.get_image_uri(one) for one in images_of_study(image, names)]
        asked = client.search_for_series(search_filters={"SeriesInstanceUID": image}) if image else []
        # A server that does not know the filter answers with all it has.
        series = [one for one in map(Dataset.from_json, asked) if str(one.SeriesInstanceUID) == image]
        if not series:
            raise _refusal("There is no such series on the DICOMweb server. Choose one of its list.")
        study = str(series[0].StudyInstanceUID)
        found = client.search_for_series(study_instance_uid=study, search_filters={"Modality": "MR"})
        return [_dicom_folder(str(Dataset.from_json(one).SeriesInstanceUID), store) for one in found]

    def _download_dcmqi_tools(self) -> None:
        """MONAI Label would fetch programs from the internet here; nobody asked for that."""
        if shutil.which("itkimage2segimage") is None:
            _log.warning("itkimage2segimage of dcmqi is not on the PATH: corrected labels cannot be saved as DICOM SEG")


def _refusal(words: str) -> HTTPException:
    """An answer that Slicer's client shows; other errors reach it without their words."""
    return HTTPException(status_code=400, detail=words.strip())


def _dicom_folder(series: str, store: Datastore) -> str:
    """The series itself rather than its copy as NIfTI, which has lost side, patient and frame of reference."""
    store.get_image_uri(series)  # fetches it; the path of a series that was not there yet is that of a temporary file
    path = store.get_image_uri(series)
    folder = path.removesuffix(".nii.gz")
    return folder if os.path.isdir(folder) else path
