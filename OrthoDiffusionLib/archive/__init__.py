"""A hospital's archive (PACS): asking it for studies, fetching them, sending DICOM objects to it."""
