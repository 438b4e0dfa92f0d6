"""Published rules as plain functions: slow, obvious, and held against the paper.

An author chooses one, as `reference = staticmethod(references.adam)`, or `check_optimizer(cls,
reference=...)`; none is ever chosen by a name. An optimizer's is `rule(data, grad, state, settings) -> new
data`, where `state` is a dict that starts empty, one for each parameter. It reads its settings by PyTorch's
names; one that an optimizer lacks has the value that leaves it out. Under other names, hand them over:

    def reference(data, grad, state, settings):
        betas = settings["b1"], settings["b2"]
        return references.adam(data, grad, state, {**settings, "betas": betas})

An initializer's is `reference(shape, *, rng) -> array`; what else it takes by keyword is a setting that is
compared too.
"""

from .initializers import *  # noqa: F403 - all rules, one by one
from .optimizers import *  # noqa: F403
