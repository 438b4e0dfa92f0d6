"""NumPy's ufuncs on arrays of objects: loops over the elements, which are tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg

X = np.array([0.3, 0.7])
# Those of numbers with a loop over objects, which rounds by math.floor and its kin: they give an int.
ROUNDING = {np.floor, np.ceil, np.trunc}
UFUNCS = {
    ufunc.__name__: ufunc
    for ufunc in vars(np).values()
    if isinstance(ufunc, np.ufunc)
    and ufunc.signature is None
    and {"d" * ufunc.nin + "->d", "O" * ufunc.nin + "->O"} <= set(ufunc.types)
}


@pytest.mark.parametrize("name", sorted(UFUNCS))
def test_a_ufunc_gives_the_value_and_gradient_that_it_has_on_a_tensor(name: str) -> None:
    ufunc = UFUNCS[name]

    def applied(array: Any) -> Any:
        return ufunc(*(array, array[::-1])[: ufunc.nin])

    def on_objects(x: Any) -> Any:
        return np.stack(list(applied(np.array([x[0], x[1]]))))

    x = X + 1.0 if ufunc is np.arccosh else X
    if ufunc in ROUNDING:
        with pytest.raises(TypeError) as caught:
            mg.jacobian(on_objects)(x)
        assert "np.stack" in caught.value.__notes__[0]
        return
    np.testing.assert_array_equal(mg.vjp(on_objects, x)[0], applied(x))
    np.testing.assert_array_equal(mg.jacobian(on_objects)(x), mg.jacobian(lambda x: applied(x) * 1.0)(x))
