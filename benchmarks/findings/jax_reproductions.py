"""What was found in JAX, checked by hand: each with a script that imports JAX alone, and what it shows."""

from __future__ import annotations

from .reproduction import CONVENTION, REFUSAL, WRONG, Reproduction

FOUND = (
    Reproduction(
        "jax.scipy.special.i0",
        WRONG,
        "The gradient at 0 is not that of I0, which is I1(0) = 0.",
        """
import jax
print(jax.grad(jax.scipy.special.i0)(0.0), jax.grad(jax.scipy.special.i0)(1e-6))
""",
        "1.0000001 4.7",
    ),
    Reproduction(
        "jax.numpy.angle",
        WRONG,
        "Of a float32 scalar the angle is float64; of a float32 vector it is float32.",
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
        "A NaN vanishes: the result is infinite. SciPy gives NaN.",
        """
import jax.numpy as jnp
from jax.scipy.special import rel_entr
print(rel_entr(jnp.nan, 1.0), rel_entr(1.0, jnp.nan))
""",
        "inf inf",
    ),
    Reproduction(
        "jax.scipy.special.xlogy",
        REFUSAL,
        "Beside bytes forward works, and the gradient raises. So does that of xlog1py.",
        """
import jax
import jax.numpy as jnp
y = jnp.uint8(2)
print(jax.scipy.special.xlogy(3.0, y))
print(jax.grad(jax.scipy.special.xlogy)(3.0, y))
""",
        "log does not accept dtype uint8",
    ),
    Reproduction(
        "jax.numpy.linalg.det",
        REFUSAL,
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
        "At (0, 0) the gradient is NaN; so is that of `angle`. In PyTorch it is 0.",
        """
import jax
import jax.numpy as jnp
print(jax.grad(jnp.arctan2)(0.0, 0.0))
""",
        "nan",
    ),
    Reproduction(
        "jax.numpy.hypot",
        WRONG,
        "For tiny numbers the gradient overflows, though it is at most 1.",
        """
import jax
import jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
for x in (1e-100, 1e-200):
    print(jnp.hypot(x, x), jax.grad(jnp.hypot)(x, x))
""",
        "-inf",
    ),
)
