"""Pictures, pages, texts and rows made of an analysis. Nothing is imported here: a text needs no pictures."""
