"""How tables and plots are written and drawn."""
