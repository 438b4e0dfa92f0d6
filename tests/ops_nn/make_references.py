"""Make the stored references: `python -m tests.ops_nn.make_references [FAMILY ...]`, in an environment with
PyTorch.

The tests read what this writes, so they need no PyTorch. Run it again when an operation is added.
"""

from __future__ import annotations

import sys

from tests.ops_nn.reference_activations import activations
from tests.ops_nn.reference_convolutions import convolutions, pooling
from tests.ops_nn.reference_layers import write_layers
from tests.ops_nn.reference_losses import affine, likelihoods, losses
from tests.ops_nn.reference_normalization import lookups, normalizations
from tests.ops_nn.reference_optimizers import write_schedules, write_trajectories
from tests.ops_nn.reference_sequences import attention, recurrent

FAMILIES = (
    activations,
    affine,
    attention,
    convolutions,
    likelihoods,
    lookups,
    losses,
    normalizations,
    pooling,
    recurrent,
)

if __name__ == "__main__":
    for make in FAMILIES:
        if not sys.argv[1:] or make.__name__ in sys.argv[1:]:
            make().write()
    for write in (write_trajectories, write_schedules, write_layers):
        if not sys.argv[1:] or write.__name__.removeprefix("write_") in sys.argv[1:]:
            write()
