"""A failure in its six parts: for people to read, and for a page to lay out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEAT = " .:*#!"  # by shade; the last one is for -1


@dataclass(frozen=True, eq=False)
class Gradients:
    """What `backward` returned for an input, beside what is right: matrices, the last axis to a row."""

    of: str  # the input
    analytic: NDArray[Any]
    numeric: NDArray[Any]

    @property
    def difference(self) -> NDArray[Any]:
        """The absolute difference."""
        return np.abs(self.analytic - self.numeric)

    def shades(self) -> NDArray[Any]:
        """Return how wrong each value is, from 0 to 4, the worst; -1 for what is not finite."""
        error = self.difference
        worst = error[np.isfinite(error)].max(initial=1e-300)
        return np.where(np.isfinite(error), np.ceil(4 * error / worst - 1e-7), -1).astype(int)

    def __str__(self) -> str:
        rows = [f"gradient of {self.of}: analytic | numeric | difference"]
        for a, b, shades in zip(self.analytic, self.numeric, self.shades(), strict=True):
            mine, true = (" ".join(f"{v:10.4g}" for v in row) for row in (a, b))
            rows.append(f"  {mine} | {true} | [{''.join(HEAT[shade] for shade in shades)}]")
        return "\n".join(rows)


@dataclass(frozen=True)
class Explanation:
    """What is told of a failure, in this order; what does not apply is empty."""

    diagnosis: str  # one line: what is wrong, and where
    case: str = ""  # the smallest arguments that show it
    gradients: Gradients | None = None  # both values side by side
    margins: str = ""  # by which method, and by how much more than is allowed
    script: str = ""  # code that shows it without the kit
    rerun: str = ""  # the command that asks this law again
    framework: str = "NumPy"  # what the script imports beside the operation

    def __str__(self) -> str:
        script = "\n".join("    " + line for line in self.script.splitlines())
        parts = [
            self.diagnosis,
            self.case,
            str(self.gradients or ""),
            self.margins,
            script and f"reproduce ({self.framework} and the operation only):\n{script}",
            self.rerun and f"rerun: {self.rerun}",
        ]
        return ("\n\n" if self.script else "\n").join(filter(None, parts))
