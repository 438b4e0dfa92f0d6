"""Scripts for initializers: a draw is a shape and a seed."""

from typing import Any

from ..finding import Finding
from ..samples.initializer_draws import InitializerDraws
from .parts import expect_refusal, expect_success, join_script, write_import, write_literal

FUNCTIONS = """\
call = type(initializer).__call__
call = getattr(call, "unchecked", call)  # without the checks of the base class
def rng(stream=0):
    return np.random.default_rng((seed, stream))
def draw(shape, rng, **keywords):
    array = call(initializer, shape, rng=rng, **{"dtype": np.float64, **keywords})
    return np.asarray(array) if isinstance(array, np.generic) else array
"""
# The rest of a script, by the code of the finding; it sets `wrong`.
ENDS = {
    "not-an-array": """\
array = draw(shape, rng())
print(type(array))
wrong = not isinstance(array, np.ndarray)
""",
    "wrong-shape": "array = draw(shape, rng())\nprint(array.shape)\nwrong = array.shape != shape\n",
    "wrong-dtype": """\
array = draw(shape, rng(), dtype=dtype) if dtype else call(initializer, shape, rng=rng())
print(array.dtype)
wrong = array.dtype != np.dtype(dtype or np.float32)
""",
    "not-finite": """\
array = draw(shape, rng(), dtype=dtype)
print(array)
wrong = not np.isfinite(array).all()
""",
    "read-only": "wrong = not draw(shape, rng()).flags.writeable\n",
    "shared-memory": """\
first, second = (draw(shape, generator, dtype=dtype) for generator in [rng()] * 2)
wrong = (first.size > 0 and 0 in first.strides) or np.shares_memory(first, second)
""",
    "swallows-settings": expect_refusal("draw(shape, rng(), **settings)\n"),
    "changes-global-state": """\
before = global_state()
draw(shape, rng())
wrong = before != global_state()
""",
    "reads-global-state": """\
import random
arrays = []
for global_seed in (1, 2):
    np.random.seed(global_seed)
    random.seed(global_seed)
    arrays.append(draw(shape, rng()))
wrong = not np.array_equal(*arrays)
""",
    "not-deterministic": """\
generator = rng()
state = generator.bit_generator.state
arrays = [np.copy(draw(shape, rng()))]
for other_shape in other_shapes:
    draw(other_shape, rng())
arrays += [draw(shape, rng()), np.copy(draw(shape, generator))]
generator.bit_generator.state = state
arrays.append(draw(shape, generator))
wrong = not all(np.array_equal(arrays[0], array) for array in arrays)
""",
    "few-draws": """\
generator = rng()
count = len({draw(shape, generator).tobytes() for _ in range(expected)})
print(count, "arrays in", expected, "draws")
wrong = count < expected
""",
    "correlated": """\
values, other = draw(shape, rng()), draw(shape, rng(1))
rows = np.moveaxis(values - values.mean(), axis, 0).reshape(shape[axis], -1)
correlation = np.mean(rows[1:] * rows[:-1]) / (rows.var() or 1.0)
zeros = values == 0
has_common_zeros = zeros.any() and np.all(zeros == zeros.take([0], axis)) and np.any(zeros != (other == 0))
print("correlation of neighbors:", correlation, "common zeros:", has_common_zeros)
wrong = abs(correlation) > 0.5 or has_common_zeros
""",
    "values-repeat": """\
values = draw(shape, rng())
sizes = len(np.unique(np.abs(values[values != 0])))
print(sizes, "sizes of", values.size, "values")
wrong = sizes < 0.9 * np.count_nonzero(values)
""",
    "never-drawn": """\
values = [draw(shape, rng(stream))[place] for stream in range(6)]
print("values at", place, values)
wrong = np.ptp(values) == 0
""",
    "imprecise": "array = draw(shape, rng())\nwrong = np.array_equal(array, array.astype(np.float32))\n",
    "wrong-std": """\
std, claimed = draw(shape, rng()).std(), initializer.std(fan_in, fan_out)
print("standard deviation:", std, "claimed:", claimed)
wrong = not abs(std - claimed) <= tolerance
""",
    "another-distribution": """\
if settings:
    draw(shape, rng())  # with the defaults
generator = rng(3)
measured = []
for _ in range(draws):
    array = draw(shape, generator, **settings)
    matrix = array.reshape(len(array), -1)
    measured.append(MEASURE)
actual = np.mean(measured)
wrong = differs(actual, expected, tolerance)
""",
    "initializer-raises": expect_success("draw(shape, rng())\n"),
}


def write_draw_script(draws: InitializerDraws, finding: Finding) -> str:
    """Return the whole script for a fault of an initializer; empty where there are no values to show."""
    end = ENDS.get(finding.code, "")
    if not end or "shape" not in finding.values:
        return ""
    values: dict[str, Any] = {"seed": draws.seed, "dtype": None, **finding.values}
    end = end.replace("MEASURE", values.pop("measure", ""))
    lines = [
        f"{write_import(draws.initializer, 'initializer')}\n",
        *(f"{name} = {write_literal(value)}\n" for name, value in values.items()),
        FUNCTIONS,
    ]
    return join_script("".join(lines), end)
