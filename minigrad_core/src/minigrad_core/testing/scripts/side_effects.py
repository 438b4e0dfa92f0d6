"""Scripts for side effects of a call."""

from collections.abc import Sequence
from typing import Any

from ..finding import Script

SIDE_EFFECTS = """\
def state(x):  # what a call may not change of an argument
    return (x.tobytes(), x.shape, x.flags.writeable) if isinstance(x, np.ndarray) else repr(x)
def overlap(xs, ys):
    arrays = [[x for x in each if isinstance(x, np.ndarray)] for each in (xs, ys)]
    return any(np.shares_memory(x, y) for x in arrays[0] for y in arrays[1])
def overlap_each_other(xs):
    return any(overlap([x], xs[:k]) for k, x in enumerate(xs))
def attributes():
    owners = [op, *type(op).__mro__[:-1], *getattr(op, "__mro__", ())]
    return repr([{k: v for k, v in getattr(o, "__dict__", {}).items() if k[:2] != "__"} for o in owners])
np.set_printoptions(threshold=10**9)
is_view = getattr(op, "returns_view", False)  # the operation declares that outputs may be views
before = [*map(state, inputs), *map(state, settings.values())]
grads_before = [*map(state, grads)]
global_before, attributes_before = read_global_state(), attributes()
outputs, pull = call(*inputs, needs=needs)
outputs_before = [state(y)[:2] for y in outputs]
received = pull(*grads) if grads else ()
received_before = [state(g)[:2] for g in received]
others = [x * 0.75 if need else x for x, need in zip(inputs, needs)]
other_outputs, other_pull = call(*others, needs=needs)
ones = [np.ones_like(y) for y in other_outputs]
other_received = other_pull(*ones) if grads else ()
shared = [(received, [*inputs, *outputs, *grads, *saved]), (other_received, [*others, *other_outputs, *ones])]
"""
SIDE_EFFECT_TESTS = {
    "writes-input": "before != [*map(state, inputs), *map(state, settings.values())]",
    "writes-output": "outputs_before != [state(y)[:2] for y in outputs]",
    "writes-grad": "grads_before != [*map(state, grads)]",
    "reuses-buffer": "received_before != [state(g)[:2] for g in received]",
    "returns-input": "not is_view and any(x is y for x in inputs for y in outputs)",
    "output-shares-memory": "not is_view and (overlap(outputs, inputs) or overlap_each_other(outputs))",
    "gradients-share-memory": "overlap_each_other(received)",
    "gradient-shares-memory": "any(overlap(*each) for each in shared)",
    "changes-global-state": "global_before != read_global_state()",
    "state-on-self": "attributes_before != attributes()",
}


def show_side_effect(code: str, cotangents: Sequence[Any], needs: Sequence[bool]) -> Script:
    """Return the script for a side effect, by the code of its finding."""
    return Script(f"needs = {needs}\n{SIDE_EFFECTS}wrong = {SIDE_EFFECT_TESTS[code]}\n", cotangents)
