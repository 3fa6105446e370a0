"""The laboratory: simulator, training, evaluation and experiments. Nothing here is needed to analyse a joint."""
