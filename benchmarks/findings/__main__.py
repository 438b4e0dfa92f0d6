"""Write `docs/reference/findings.md`: run the kit on the lists of functions, and the script of each finding.

    python -m benchmarks.findings torch jax

Needs PyTorch and JAX. Without arguments the program writes the page from `results.json` and needs neither. The
program fails if the kit accuses a function of something that no finding explains.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .page import render_page
from .results import find_unexplained, load_results, measure, save_results

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def main() -> None:
    """Measure the frameworks in the arguments, and write the page."""
    results = load_results()
    for framework in sys.argv[1:]:
        results[framework] = measure(framework, results.get(framework))
        save_results(results)
    PAGE.write_text(render_page(results), encoding="utf-8")
    if unexplained := [line for name in results for line in find_unexplained(name, results[name])]:
        sys.exit(f"accused, and no finding explains it: {', '.join(unexplained)}")


if __name__ == "__main__":
    main()
