"""Count the faulty operations of the corpus that the gradient checkers of other libraries find.

    uv run --group bench --with jax python -m benchmarks.peers_on_corpus [--verbose]

Each operation becomes a custom function of the library, whose forward and backward call the operation's own
NumPy code: `torch.autograd.Function`, `jax.custom_vjp` around a `pure_callback`, autograd's `primitive`. The
library's checker is then called as its documentation says, with its own tolerances, in float64, on two draws
of standard normal values (moved into the domain) for each case of the operation: sizes 3, 4, 2, indices with
repetitions. The contract kit is given the operation and nothing else.

A fault is found if the checker fails or the operation raises, and the twin passes. Some faults cannot be
found by a checker of gradients: a wrong second derivative (NumPy code is opaque to all three), a fault in
float32 alone (they require float64), a fault that does not concern gradients (global state, a name), and a
fault that the library corrects (torch sums a gradient that is too large). The table therefore lists the laws
separately.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core.testing import check_operation
from tests.contract.corpus import operations  # noqa: F401 - they enter the pairs
from tests.contract.corpus.pair import OPERATIONS

from .peer_checkers import autograd_check, jax_check, torch_check

Check = Callable[[Any], bool]


def kit_check(op: Any) -> bool:
    """Run the contract kit."""
    return bool(check_operation(op).ok)


CHECKS: dict[str, Check] = {
    "minigrad": kit_check,
    "torch": torch_check,
    "jax": jax_check,
    "autograd": autograd_check,
}


def passes(check: Check, op: Any) -> bool:
    """Return whether `op` passes `check`; an exception is a failure, and output is suppressed."""
    quiet = io.StringIO()
    errors = np.geterr()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            warnings.simplefilter("ignore")
            # The other checkers cannot check an operation without a gradient.
            return check(op) if check is kit_check or getattr(op, "differentiable", True) else True
    except KeyboardInterrupt:
        raise
    except BaseException:  # some operations call sys.exit
        return False
    finally:
        np.seterr(**errors)


def _with_reference(pair: Any, check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return a checker with the reference of a pair; only minigrad's checker takes one."""
    if check is not kit_check or pair.reference is None:
        return check
    return lambda op: check_operation(op, reference=pair.reference).ok


def main() -> None:
    """Print the number of faults that each checker finds, by law."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--verbose", action="store_true", help="list what each checker misses")
    verbose = parser.parse_args().verbose
    twins = {pair.right: pair.right() for pair in OPERATIONS}
    accused = {
        name: {t for t, op in twins.items() if not passes(check, op)} for name, check in CHECKS.items()
    }
    caught = {
        name: [
            p
            for p in OPERATIONS
            if p.right not in accused[name] and not passes(_with_reference(p, check), p.wrong())
        ]
        for name, check in CHECKS.items()
    }
    print(f"{'law':14}{'faults':>8}" + "".join(f"{name:>10}" for name in CHECKS))
    for law, count in Counter(pair.law for pair in OPERATIONS).items():
        counts = [sum(pair.law == law for pair in caught[name]) for name in CHECKS]
        print(f"{law:14}{count:8}" + "".join(f"{n:10}" for n in counts))
    print(f"{'all':14}{len(OPERATIONS):8}" + "".join(f"{len(caught[name]):10}" for name in CHECKS))
    print(f"{'twins accused':14}{len(twins):8}" + "".join(f"{len(accused[name]):10}" for name in CHECKS))
    for name in CHECKS if verbose else ():
        missed = sorted({pair.id for pair in OPERATIONS} - {pair.id for pair in caught[name]})
        print(f"\n{name} misses {len(missed)}: {', '.join(missed)}")
        print(f"{name} accuses: {', '.join(sorted(t.__name__ for t in accused[name])) or 'no twin'}")


if __name__ == "__main__":
    main()
