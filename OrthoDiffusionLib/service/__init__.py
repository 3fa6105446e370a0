"""The messages between a panel or console and the worker process, and the worker itself."""
