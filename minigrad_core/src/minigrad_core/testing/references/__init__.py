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

from .initializers import constant as constant
from .initializers import glorot_normal as glorot_normal
from .initializers import glorot_uniform as glorot_uniform
from .initializers import kaiming_normal as kaiming_normal
from .initializers import kaiming_uniform as kaiming_uniform
from .initializers import lecun_normal as lecun_normal
from .initializers import lecun_uniform as lecun_uniform
from .initializers import normal as normal
from .initializers import orthogonal as orthogonal
from .initializers import truncated_normal as truncated_normal
from .initializers import uniform as uniform
from .optimizers import adadelta as adadelta
from .optimizers import adagrad as adagrad
from .optimizers import adam as adam
from .optimizers import adamax as adamax
from .optimizers import adamw as adamw
from .optimizers import lamb as lamb
from .optimizers import lion as lion
from .optimizers import muon as muon
from .optimizers import nadam as nadam
from .optimizers import radam as radam
from .optimizers import rmsprop as rmsprop
from .optimizers import sgd as sgd
from .optimizers import sgd_pytorch as sgd_pytorch
from .optimizers import signsgd as signsgd
