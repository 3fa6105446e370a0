"""A DICOM node that receives studies, analyses each one when it is complete, and sends the objects back."""
