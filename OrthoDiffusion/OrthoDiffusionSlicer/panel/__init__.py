"""What the panel knows and does; its sections, which show it, lie in the folder `sections`."""
