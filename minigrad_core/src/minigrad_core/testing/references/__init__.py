"""Published rules as plain functions: slow, obvious, and held against the paper.

An author chooses one, as `reference = staticmethod(references.adam)`; none is ever chosen by a name. An
optimizer's is `rule(data, grad, state, settings) -> new data`, with a `state` for each parameter that starts
empty. It reads its settings by PyTorch's names; one that an optimizer lacks has the value that leaves it out.
An initializer's is `reference(shape, *, rng) -> array`; what else it takes by keyword is compared too.
"""

from .initializers import *  # noqa: F403 - all rules, one by one
from .optimizers import *  # noqa: F403
