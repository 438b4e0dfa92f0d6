"""A failure in its six parts: for people to read, and for a page to lay out."""

from dataclasses import dataclass
from typing import TypeAlias

SHADES = " .:*#"

Rows: TypeAlias = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Gradients:
    """What `backward` returned for an input, beside what is right: its last axis to a row."""

    of: str  # the input
    analytic: Rows
    numeric: Rows
    difference: Rows  # absolute

    def shades(self) -> tuple[tuple[int | None, ...], ...]:
        """Return how wrong each value is, from 0 to 4, the worst; None for what is not finite."""
        finite = [e for row in self.difference for e in row if e < float("inf")]
        worst = max(finite, default=0.0)
        return tuple(tuple(_shade(e, worst) for e in row) for row in self.difference)

    def __str__(self) -> str:
        rows = [f"gradient of {self.of}: analytic | numeric | difference"]
        for a, b, shades in zip(self.analytic, self.numeric, self.shades(), strict=True):
            heat = "".join("!" if shade is None else SHADES[shade] for shade in shades)
            rows.append(
                f"  {' '.join(f'{v:10.4g}' for v in a)} | {' '.join(f'{v:10.4g}' for v in b)} | [{heat}]"
            )
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


def _shade(error: float, worst: float) -> int | None:
    if not error < float("inf"):
        return None
    if error <= 1e-8 * max(worst, 1e-300) or not worst:
        return 0
    return min(len(SHADES) - 1, 1 + int(3.999 * error / worst))
