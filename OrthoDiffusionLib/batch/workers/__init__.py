"""Who works on the cases of a batch: this process, processes beside it, or other machines."""
