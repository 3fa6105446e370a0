"""Lists and tables of the sections: each fills one widget."""
