"""Makes published_reference.npz from a clone of the original authors' repository; run by hand, never by a test.

    git clone https://github.com/lt-0123/OrthoDiffusion clone && git -C clone checkout 99d1518
    python Testing/library/encoders/make_published_reference.py clone

Their network gets weights that depend on the names of its tensors alone, and a few values of every block's answer are
kept, so that neither their code nor any weights have to be. Their plain forward pass is not used: at that commit it
raises an IndexError, since it keeps no skips unless the decoder's features are asked for.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from published_weights import SHAPE, STEPS, filled, noise, sampled, views

OUT = Path(__file__).with_name("published_reference.npz")
NOT_NEEDED = ("einops", "torchvision", "tqdm", "nibabel", "torch.utils.tensorboard", "tensorboard")
"""What their trainer imports and the network and its schedule do not use."""


def main(clone: Path) -> None:
    sys.path.insert(0, str(clone))
    for name in NOT_NEEDED:
        if "." in name or find_spec(name) is None:
            sys.modules[name] = mock.MagicMock()
    from diffusion_model.trainer import GaussianDiffusion
    from diffusion_model.unet import create_model

    network = create_model(256, 64, 1, in_channels=1, out_channels=1)  # as in their config_finetune.yaml
    diffusion = GaussianDiffusion(network, image_size=256, depth_size=16, timesteps=1000, loss_type="l2")
    network.load_state_dict({name: filled(name, tuple(value.shape)) for name, value in network.state_dict().items()})
    shapes = {name: list(value.shape) for name, value in diffusion.state_dict().items()}
    answers: dict[str, np.ndarray] = {}
    with torch.no_grad():
        for step in STEPS:
            steps = torch.full((SHAPE[0],), step)
            noisy = diffusion.q_sample(views(), steps, noise())
            last, found = network(noisy, steps, ret_in=True, ret_mid=True, ret_out=True)
            answers |= {f"noisy at {step}": sampled(noisy), f"final at {step}": sampled(last)}
            if step == STEPS[1]:
                answers |= {name: sampled(value) for part in found.values() for name, value in part.items()}
    np.savez_compressed(
        OUT,
        tensors=np.array(json.dumps(shapes)),
        alphas_cumprod=diffusion.alphas_cumprod.numpy()[list(STEPS)],
        blocks=np.array(list(answers)),
        answers=np.stack(list(answers.values())),
    )
    print(f"{OUT.name}: {OUT.stat().st_size} bytes, {len(answers)} answers, {len(shapes)} tensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
