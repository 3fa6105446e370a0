"""What stands beside the panel: how the views hang, and the keys that work in them."""
