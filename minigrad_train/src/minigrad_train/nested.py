"""Convert nested state, such as that of an optimizer, to JSON and a flat table of arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SavedRunError


def flatten(value: Any, name: str, arrays: dict[str, NDArray[Any]]) -> Any:
    """Return `value` as a structure that JSON can hold; put its arrays into `arrays` under dotted names.

    Parameters
    ----------
    value : dict, list, tuple, array, NumPy scalar, number, string, bool or None
        Nested to any depth; the keys of a dict may be numbers.
    name : str
        The name of the value, and the prefix of the names of the values inside it.
    arrays : dict
        The table that receives the arrays.

    Raises
    ------
    SavedRunError
        The value holds an object of another type.
    """
    if isinstance(value, dict):
        return {"dict": [[key, flatten(item, f"{name}.{key}", arrays)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        items = [flatten(item, f"{name}.{index}", arrays) for index, item in enumerate(value)]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, np.ndarray | np.generic):
        while name in arrays:  # {"a": {"b": x}, "a.b": y}
            name += "_"
        arrays[name] = np.asarray(value)
        return {"array" if isinstance(value, np.ndarray) else "scalar": name}
    if not isinstance(value, bool | int | float | str | None):
        raise SavedRunError(
            f"{name} cannot be saved: expected arrays, numbers, text, and lists and dicts of them, got "
            f"{type(value).__qualname__}"
        )
    return value


def unflatten(structure: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """Return the value from the structure and the arrays of `flatten`, bit for bit.

    Examples
    --------
    >>> import numpy as np
    >>> arrays = {}
    >>> structure = flatten({"step": 3, "moments": [np.zeros(2), None]}, "state", arrays)
    >>> arrays
    {'state.moments.0': array([0., 0.])}
    >>> unflatten(structure, arrays)
    {'step': 3, 'moments': [array([0., 0.]), None]}
    """
    match structure:
        case {"dict": pairs}:
            return {key: unflatten(item, arrays) for key, item in pairs}
        case {"list": items}:
            return [unflatten(item, arrays) for item in items]
        case {"tuple": items}:
            return tuple(unflatten(item, arrays) for item in items)
        case {"array": name}:
            return arrays[name]
        case {"scalar": name}:
            return arrays[name][()]
        case _:
            return structure
