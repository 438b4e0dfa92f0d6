"""Published rules as plain functions: slow and obvious, as in the paper.

An author chooses a rule, as in `reference = staticmethod(references.adam)`; the kit never chooses one by its
name. The rule of an optimizer is `rule(data, grad, state, settings) -> new data`, with a `state` for each
parameter that starts empty. It reads settings by PyTorch's names; a setting that an optimizer lacks has its
neutral value. The rule of an initializer is `reference(shape, *, rng) -> array`; its other keywords are
settings, which are compared, too.
"""

from .initializers import *  # noqa: F403 - all rules, one by one
from .optimizers import *  # noqa: F403
