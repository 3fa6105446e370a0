"""The unit of the network over the fused grid beside MONAI's, whose names its weights have."""

import pytest
import torch

from OrthoDiffusionLib.fusion.residual_unit import ResidualUnit


@pytest.mark.parametrize(("channels_in", "channels_out", "stride"), [(16, 16, 1), (16, 32, 2), (16, 24, 1)])
def test_a_unit_has_the_weights_of_monais_and_answers_the_same(channels_in, channels_out, stride):
    from monai.networks.blocks import ResidualUnit as OfMonai

    norm = ("GROUP", {"num_groups": 8})
    theirs = OfMonai(3, channels_in, channels_out, strides=stride, subunits=2, norm=norm, act="SWISH")
    ours = ResidualUnit(channels_in, channels_out, stride)
    ours.load_state_dict(theirs.state_dict())  # strict: every name, every shape
    x = torch.randn(1, channels_in, 6, 7, 5, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_a_new_unit_begins_with_the_same_random_weights_as_monais():
    from monai.networks.blocks import ResidualUnit as OfMonai

    torch.manual_seed(0)
    theirs = OfMonai(3, 8, 16, strides=2, subunits=2, norm=("GROUP", {"num_groups": 8}), act="SWISH").state_dict()
    torch.manual_seed(0)
    ours = ResidualUnit(8, 16, 2).state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
