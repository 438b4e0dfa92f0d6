"""All findings in JAX, each with a script that imports JAX alone and shows the finding."""

from __future__ import annotations

from .reproduction import CONVENTION, LOUD, WRONG, Issue, Reproduction

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
)
