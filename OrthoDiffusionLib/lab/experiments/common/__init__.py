"""What the experiments share: arms, cells, runner, tables, plots."""
