"""Conventions and limits of JAX that the kit reports, and who decided for them."""

from __future__ import annotations

from .reproduction import CONVENTION, Issue, Reproduction

FOUND = (
    Reproduction(
        "jax.numpy.arctan2",
        CONVENTION,
        ("nan-at-kink",),
        "At (0, 0) the gradients of this function and of `angle` are NaN. In PyTorch they are 0.",
        """
import jax
import jax.numpy as jnp
print(jax.grad(jnp.arctan2)(0.0, 0.0))
""",
        "nan",
        also=("jax.numpy.angle",),
        remark="There is no derivative at (0, 0), and JAX returns NaN there, as for norms (issue 21723).",
    ),
    Reproduction(
        "jax.nn.dot_product_attention",
        CONVENTION,
        ("not-linear", "wrong-gradient", "compiled-differs"),
        "For float64 inputs the softmax is computed in float32: the output has seven correct digits, and its numeric derivative fewer.",
        """
import jax
import jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
q, k, v = jax.random.normal(jax.random.key(0), (3, 1, 5, 1, 4))
weights = jax.nn.softmax(jnp.einsum("btnh,bsnh->bnts", q, k) / 2, -1)
right = jnp.einsum("bnts,bsnh->btnh", weights, v)
error = float(jnp.abs(jax.nn.dot_product_attention(q, k, v) - right).max())
print(q.dtype, "off by more than 1e-9:", error > 1e-9)
""",
        "float64 off by more than 1e-9: True",
        issue=Issue(21371, "closed"),
        remark="The review of this pull request names the softmax in float32, also of float64 inputs, and leaves it.",
    ),
    Reproduction(
        "jax.nn.standardize",
        CONVENTION,
        ("imprecise",),
        "For float32 values around 1000 the result is off by more than a hundredth: the variance is computed as E[x^2] - E[x]^2.",
        """
import jax
import numpy as np
x = np.array([1000, 1001, 999, 1000.5])
print(jax.nn.standardize(x.astype(np.float32)))
print((x - x.mean()) / x.std())
""",
        "-1.52127",
        issue=Issue(37281, "closed"),
        remark="This is algorithm='fast', the documented default; algorithm='two_pass' does not lose digits.",
    ),
    Reproduction(
        "jax.ops.segment_prod",
        CONVENTION,
        ("backward-raises",),
        "The gradient raises unless the indices are declared unique.",
        """
import jax
import jax.numpy as jnp
index = jnp.array([0, 0, 1])
jax.grad(lambda x: jax.ops.segment_prod(x, index, 2).sum())(jnp.ones(3))
""",
        "NotImplementedError",
        issue=Issue(9296, "closed"),
        remark="JAX raises on purpose, where it returned a wrong gradient before.",
    ),
    Reproduction(
        "jax.numpy.cov",
        CONVENTION,
        ("wrong-dtype",),
        "For float32 without any variable the result is float64, as in NumPy.",
        """
import jax
import jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
for rows in (0, 3):
    x = jnp.zeros((rows, 4), jnp.float32)
    print(rows, jnp.cov(x).dtype, jnp.corrcoef(x).dtype)
""",
        "0 float64 float64",
        also=("jax.numpy.corrcoef",),
        remark="NumPy defines it so.",
    ),
    Reproduction(
        "jax.numpy.corrcoef",
        CONVENTION,
        ("makes-nan",),
        "The result for a constant row is NaN, as in NumPy.",
        """
import jax.numpy as jnp
print(jnp.corrcoef(jnp.array([[1.0, 1, 1], [1, 2, 3]])))
""",
        "nan",
        remark="NumPy defines it so.",
    ),
    Reproduction(
        "jax.numpy.linalg.norm",
        CONVENTION,
        ("nan-at-kink",),
        "At 0 the gradient is NaN, also for the norm of order 3; PyTorch's gradient is 0, which is a subgradient.",
        """
import jax
import jax.numpy as jnp
print(jax.grad(jnp.linalg.norm)(jnp.zeros(3)))
print(jax.grad(lambda x: jnp.linalg.vector_norm(x, ord=3))(jnp.zeros(3)))
""",
        "[nan nan nan]\n[nan nan nan]",
        also=("jax.numpy.linalg.vector_norm",),
        issue=Issue(21723, "closed"),
        remark="Working as intended: there is no derivative at 0. Pull request 39792, open, proposes 0.",
    ),
    Reproduction(
        "jax.numpy.std",
        CONVENTION,
        ("wrong-gradient", "makes-nan"),
        "For equal values the gradient is NaN.",
        """
import jax
import jax.numpy as jnp
print(jax.grad(jnp.std)(jnp.ones(3)), jax.grad(jnp.nanstd)(jnp.ones(3)))
""",
        "[nan nan nan] [nan nan nan]",
        also=("jax.numpy.nanstd",),
        issue=Issue(11716, "closed"),
        remark="NaN is what JAX intends: the derivative of the root diverges at 0.",
    ),
    Reproduction(
        "jax.scipy.stats.gamma.logpdf",
        CONVENTION,
        ("imprecise",),
        "For float32 values and shapes around 1000 the log density has four correct digits: terms of 7,000 cancel. The same holds for `chi2`.",
        """
import jax
from jax.scipy.stats import gamma
x, a = 1000.25, 1000.75
single = gamma.logpdf(x, a)
jax.config.update("jax_enable_x64", True)
print(single, gamma.logpdf(x, a))
""",
        "-4.37255",
        also=("jax.scipy.stats.chi2.logpdf",),
        issue=Issue(19010, "closed"),
        remark="The maintainers say of log gamma, the term that cancels: as good as can be expected of float32.",
    ),
    Reproduction(
        "jax.scipy.special.kl_div",
        CONVENTION,
        ("imprecise",),
        "For nearly equal float32 values the result has no correct digit.",
        """
import jax
from jax.scipy.special import kl_div
p, q = 1000.25, 1000.75
single = kl_div(p, q)
jax.config.update("jax_enable_x64", True)
print(single, kl_div(p, q))
""",
        "0.00048828125",
        issue=Issue(16630, "closed"),
        remark="The documentation defines the function by this formula. The issue notes that SciPy computes it in float64, and JAX does not.",
    ),
    Reproduction(
        "jax.nn.squareplus",
        CONVENTION,
        ("imprecise",),
        "For large negative float32 values the result loses digits: it is computed as (x + sqrt(x^2 + 4)) / 2.",
        """
import jax
x = -1001.0
single = jax.nn.squareplus(x)
jax.config.update("jax_enable_x64", True)
print(single, jax.nn.squareplus(x))
""",
        "0.0010070801",
        issue=Issue(18519, "closed"),
        remark="The documentation defines the function by this formula, which the request for it gives.",
    ),
)
