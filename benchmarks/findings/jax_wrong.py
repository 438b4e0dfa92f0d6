"""Findings in JAX: wrong values and loud errors."""

from __future__ import annotations

from .reproduction import LOUD, WRONG, Issue, Reproduction

FOUND = (
    Reproduction(
        "jax.scipy.special.i0",
        WRONG,
        ("wrong-at-kink",),
        "The gradient at 0 is wrong: the derivative of I0 is I1, and I1(0) = 0.",
        """
import jax
print(jax.grad(jax.scipy.special.i0)(0.0), jax.grad(jax.scipy.special.i0)(1e-6))
""",
        "1.0000001 4.7",
        issue=Issue(40628, "closed", "pull request 40640 corrects it after 0.10.2"),
    ),
    Reproduction(
        "jax.numpy.angle",
        WRONG,
        ("wrong-dtype",),
        "The angle of a float32 scalar is float64; the angle of a float32 vector is float32.",
        """
import jax
import jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
x = jnp.float32(1.5)
print(jnp.angle(x).dtype, jnp.angle(x[None]).dtype)
""",
        "float64 float32",
    ),
    Reproduction(
        "jax.scipy.special.rel_entr",
        WRONG,
        ("swallows-nan",),
        "A NaN vanishes: the result is infinite. SciPy returns NaN.",
        """
import jax.numpy as jnp
from jax.scipy.special import rel_entr
print(rel_entr(jnp.nan, 1.0), rel_entr(1.0, jnp.nan))
""",
        "inf inf",
        issue=Issue(38262, "open"),
    ),
    Reproduction(
        "jax.scipy.special.xlogy",
        LOUD,
        ("backward-raises",),
        "With a uint8 input forward works, and the gradient raises.",
        """
import jax
import jax.numpy as jnp
for f in (jax.scipy.special.xlogy, jax.scipy.special.xlog1py):
    print(f(3.0, jnp.uint8(2)))
    try:
        jax.grad(f)(3.0, jnp.uint8(2))
    except TypeError as error:
        print(str(error)[:40])
""",
        "log1p does not accept dtype uint8",
        also=("jax.scipy.special.xlog1py",),
    ),
    Reproduction(
        "jax.numpy.linalg.det",
        LOUD,
        ("backward-raises",),
        "The gradient raises for an empty matrix, whose determinant is 1.",
        """
import jax
import jax.numpy as jnp
a = jnp.zeros((0, 0))
print(jnp.linalg.det(a))
jax.grad(jnp.linalg.det)(a)
""",
        "IndexError",
    ),
    Reproduction(
        "jax.numpy.hypot",
        WRONG,
        ("overflow",),
        "For tiny numbers the gradient overflows, although the correct gradient is at most 1.",
        """
import jax
import jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
for x in (1e-100, 1e-200):
    print(jnp.hypot(x, x), jax.grad(jnp.hypot)(x, x))
""",
        "-inf",
    ),
    Reproduction(
        "jax.numpy.vander",
        WRONG,
        ("nan-at-kink",),
        "At 0 the gradient is NaN. The columns are powers, with the derivatives 0, 1 and 0.",
        """
import jax
import jax.numpy as jnp
print(jax.grad(lambda x: jnp.vander(x).sum())(jnp.zeros(3)))
""",
        "[nan nan nan]",
        remark="The same fault of jnp.power was corrected (14397).",
    ),
    Reproduction(
        "jax.scipy.stats.gamma.logpdf",
        WRONG,
        ("swallows-nan",),
        "A NaN vanishes: the log density is minus infinity. SciPy returns NaN.",
        """
import jax.numpy as jnp
from jax.scipy.stats import gamma
print(gamma.logpdf(jnp.nan, 2.0))
""",
        "-inf",
    ),
    Reproduction(
        "jax.numpy.linalg.det",
        WRONG,
        ("imprecise",),
        "In float32 a 3 x 3 matrix with values around 1000 loses three digits: the products are written out. NumPy's float32 does not lose them.",
        """
import jax.numpy as jnp
import numpy as np
x = 1000 + np.array([[1, -1, 0.5], [0.25, 1, -1], [-0.5, 0.75, 1]])
for a in (x.astype(np.float32), x):
    print(np.linalg.det(a))
print(jnp.linalg.det(x.astype(np.float32)))
""",
        "7960.",
    ),
)
