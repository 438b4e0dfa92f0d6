"""Make the stored references: `python tests/ops_nn/make_references.py [FAMILY ...]`, in an environment with
PyTorch.

The tests read what this writes, so they need no PyTorch. Run it again when an operation is added.
"""

from __future__ import annotations

import sys

from reference_activations import activations
from reference_convolutions import convolutions, pooling
from reference_layers import write_layers
from reference_losses import affine, likelihoods, losses
from reference_normalization import lookups, normalizations
from reference_optimizers import write_trajectories
from reference_sequences import attention, recurrent

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
    for name, write in (("trajectories", write_trajectories), ("layers", write_layers)):
        if not sys.argv[1:] or name in sys.argv[1:]:
            write()
