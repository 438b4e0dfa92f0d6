"""How a reference is computed with PyTorch and stored: inputs, settings, outputs, cotangents, gradients, in
float64."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

torch: Any = importlib.import_module("torch")
torch.set_default_dtype(torch.float64)  # else NAdam, for one, keeps a product in float32
FOLDER = Path(__file__).parent / "references"


class Family:
    """The references of one family of operations, one file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rng = np.random.default_rng(sum(name.encode()))
        self.values: list[NDArray[Any]] = []
        self.cases: list[dict[str, Any]] = []

    def real(self, *shape: int) -> NDArray[Any]:
        """Return values that float32 holds exactly, so that both precisions see the same input."""
        return self.rng.standard_normal(shape).astype(np.float32).astype(np.float64)

    def add(self, op: str, function: Callable[..., Any], *inputs: Any, **settings: Any) -> None:
        """Store `op(*inputs, **settings)`, which PyTorch computes as `function(*inputs)`.

        Every input of floating point gets a gradient; an input may be None. Integers and booleans get none.
        """
        tensors = [
            None if x is None else torch.tensor(x, requires_grad=np.asarray(x).dtype.kind == "f")
            for x in inputs
        ]
        outputs = function(*tensors)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        cotangents = [torch.tensor(self.real(*out.shape)) for out in outputs]
        wanted = [i for i, t in enumerate(tensors) if t is not None and t.requires_grad]
        total = sum((out * c).sum() for out, c in zip(outputs, cotangents, strict=True))
        gradients = torch.autograd.grad(total, [tensors[i] for i in wanted], allow_unused=True)
        self._keep(
            {"op": op, "settings": settings},
            {
                "input": dict(enumerate(inputs)),
                "output": {i: out.detach().numpy() for i, out in enumerate(outputs)},
                "cotangent": {i: c.numpy() for i, c in enumerate(cotangents)},
                "gradient": {i: g.numpy() for i, g in zip(wanted, gradients, strict=True) if g is not None},
            },
        )

    def write(self) -> None:
        """Write the file."""
        path = FOLDER / f"{self.name}.npz"
        np.savez_compressed(path, index=np.array(json.dumps(self.cases)), values=np.concatenate(self.values))
        print(f"{self.name}: {len(self.cases)} references, {path.stat().st_size} bytes")

    def _keep(self, case: dict[str, Any], arrays: dict[str, dict[int, Any]]) -> None:
        """Append the values of `arrays` to one long vector, and their places to the case."""
        places = []
        for kind, numbered in arrays.items():
            for number, array in numbered.items():
                given = None if array is None else np.asarray(array)
                places.append(
                    (kind, number, *((None, None) if given is None else (given.shape, given.dtype.str)))
                )
                if given is not None:
                    self.values.append(given.astype(np.float64).ravel())
        self.cases.append({**case, "arrays": places})
