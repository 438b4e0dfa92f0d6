"""A plugin that was built when the core was 0.1.0 must run on every core that its range admits.

The wheel under `frozen/` is what a third party published. It is never rebuilt: if a change of the core makes
these tests fail, it breaks plugins that are out there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_core.cli.group import minigrad
from minigrad_core.errors import DifferentiabilityError
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.testbed import Site

WHEEL = Path(__file__).parent / "frozen" / "minigrad_frozen-0.1.0-py3-none-any.whl"
NAMES = ["affine", "bare", "center", "cube", "once", "sign", "split", "unwrap"]


@pytest.fixture(autouse=True)
def frozen(site: Site, installed_registry: PluginLoader) -> None:
    ZipFile(WHEEL).extractall(site.folder)


def tensor(values: Any) -> mg.Tensor:
    return mg.tensor(values, dtype=np.float64, requires_grad=True)


def test_everything_that_it_registers_is_found() -> None:
    assert dir(mg.ops.frozen) == NAMES
    assert dir(mg.initializers.frozen) == ["uniform"]
    assert dir(mg.optimizers.frozen) == ["momentum"]


def test_its_operations_have_their_derivatives() -> None:
    x = tensor([[1.0, 2.0], [3.0, 4.0]])
    first, second = mg.ops.frozen.split(mg.ops.frozen.cube(x))
    (first + 2 * second).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, [[3, 12], [54, 96]])


def test_second_derivatives_come_without_a_rule() -> None:
    np.testing.assert_allclose(mg.grad(mg.grad(mg.ops.frozen.cube))(2.0), 12.0)


def test_optional_inputs_settings_and_conforming_classes_work() -> None:
    x, weight = tensor([[1.0, 2.0]]), tensor([[1.0], [-1.0]])
    out = mg.ops.frozen.affine(x, weight)
    mg.ops.frozen.bare(mg.ops.frozen.center(out, axis=1) + out).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, [[2.0, -2.0]])


def test_a_refusal_of_second_derivatives_is_kept() -> None:
    with pytest.raises(DifferentiabilityError, match="it is piecewise linear"):
        mg.grad(mg.grad(mg.ops.frozen.once))(2.0)


def test_it_answers_for_the_function_that_it_claims() -> None:
    phase = tensor([3.0, -3.0])
    result: Any = np.unwrap(phase)
    result.backward()
    np.testing.assert_allclose(result.numpy(), [3.0, 2 * np.pi - 3.0])
    np.testing.assert_array_equal(np.asarray(phase.grad), [1.0, 1.0])


def test_what_has_no_gradient_returns_arrays() -> None:
    np.testing.assert_array_equal(mg.ops.frozen.sign(tensor([-2.0, 3.0])), [-1.0, 1.0])


def test_its_initializer_and_optimizer_work() -> None:
    weight = mg.Parameter(mg.initializers.frozen.uniform((2, 2), rng=np.random.default_rng(0)))
    before = weight.numpy().copy()
    optimizer = mg.optimizers.frozen.momentum([weight], lr=0.5)
    weight.sum().backward()
    optimizer.step()
    np.testing.assert_allclose(weight.numpy(), before - 0.5, rtol=1e-6)


def test_its_command_works() -> None:
    assert CliRunner().invoke(minigrad, ["thaw"]).stdout == "still here\n"
