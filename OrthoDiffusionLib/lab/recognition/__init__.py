"""The network that recognises the joint: fitted to digital joints at 5 mm, and measured."""
