"""Scripts for optimizers: a run is a list of gradients, and a fault is a difference between two runs."""

from collections.abc import Sequence
from typing import Any

from ..finding import Finding, SubjectFailed
from ..global_state import iterate_arrays
from ..samples.optimizer_runs import SHAPES, OptimizerRun, OptimizerRuns, restore_settings
from ..variations import gaps
from .parts import expect_refusal, expect_success, join_script, write_import, write_literal

MOST_SHOWN = 60  # values of a parameter
FUNCTIONS = """\
def make(params, settings=settings):
    return cls(iter(params), **settings)
def make_params(chosen=range(len(starts)), layout=np.array, dtype=None):
    return [Parameter(layout(starts[k].astype(dtype or starts[k].dtype))) for k in chosen]
def follow(
    optimizer, params, steps, chosen=range(len(starts)), layout=np.array, assigned=assigned, after=None
):
    positions = []  # (steps, values) of each parameter
    for step in steps:
        for name, value in assigned.get(step, {}).items():
            setattr(optimizer, name, value)
        step_gradients = [gradients[step][k] for k in chosen]
        arrays = [p.data for p in params]
        for p, g in zip(params, step_gradients):
            p.grad = None if g is None else layout(g.astype(p.data.dtype))
        try:
            optimizer.step()
        except Exception:  # without any gradient a step is an error
            if any(g is not None for g in step_gradients):
                raise
        if any(p.data is not x for p, x in zip(params, arrays)):
            raise RuntimeError("a step replaces the array of a parameter")
        if after is not None:
            after(optimizer, params, step)
        positions.append([p.data.ravel().copy() for p in params])
    return [np.array(rows) for rows in zip(*positions)]
def run(
    settings=settings, assigned=assigned, chosen=range(len(starts)), layout=np.array, dtype=None, after=None
):
    params = make_params(chosen, layout, dtype)
    optimizer = make(params, settings)
    return follow(optimizer, params, range(steps), chosen, layout, assigned, after)
"""
STATE = """\
n = 6
params = make_params()
optimizer = make(params)
follow(optimizer, params, range(n))
exported = optimizer.state_dict()
saved, middle = pickle.dumps(exported), copy.deepcopy([p.data for p in params])
expected, expected_state = follow(optimizer, params, range(n, steps)), optimizer.state_dict()
params = make_params()
loading = make(params, new_settings)
if steps_before:
    follow(loading, params, [1], assigned={})
for p, x in zip(params, middle):
    p.data[...] = x
loaded = pickle.loads(saved)
loading.load_state_dict(loaded)
loaded_afterwards = pickle.dumps(loaded)
for array in iterate_arrays(loaded):
    array[...] = 77
if not takes_groups:
    restore_settings(loading, assigned, n)
"""
# The rest of a script, by the code of the finding: it sets `wrong`, or `actual` and `expected`.
ENDS = {
    "another-rule": "actual = run()[-1:]\n",
    "not-deterministic": "actual, expected = run(), run()\n",
    "keeps-gradient": """\
buffers = {}
def reuse(g):  # each step overwrites the array that held the gradient of the step before
    buffer = buffers.setdefault(g.shape, np.empty_like(g))
    buffer[...] = g
    return buffer
params = make_params()
actual, expected = follow(make(params), params, range(steps), layout=reuse), run()
""",
    "zero-grad-forgets": "actual, expected = run(after=lambda optimizer, *_: optimizer.zero_grad()), run()\n",
    "instances-interfere": """\
others = make_params()
other = make(others)
def after(optimizer, params, step):  # another optimizer takes a step
    if step == 1:
        for p, g in zip(others, gradients[1]):
            p.grad = None if g is None else 8 * g
        other.step()
actual, expected = run(after=after), run()
""",
    "depends-on-layout": "actual, expected = run(layout=gaps), run()\n",
    "writes-gradient": """\
wrong = False
def after(optimizer, params, step):
    global wrong
    received = [p.grad for p in params]
    optimizer.zero_grad()
    for h, g in zip(received, gradients[step]):
        wrong = wrong or (h is None) != (g is None) or not (g is None or np.array_equal(h, g))
run(after=after)
""",
    "grad-not-none": """\
params = make_params()
groups = [dict(params=part, **settings) for part in (params[:1], params[1:])]
optimizer = cls(iter(groups if takes_groups else params), **settings)
follow(optimizer, params, [0], after=lambda optimizer, *_: optimizer.zero_grad())
wrong = any(p.grad is not None for p in params)
""",
    "parameters-interfere": """\
if coupled:
    expected = run(chosen=range(len(starts))[::-1])[::-1]
else:
    expected = [run(chosen=[k])[0] for k in range(len(starts))]
actual = run()
""",
    "groups-ignored": """\
params = make_params()
groups = [dict(params=params[2:][::-1], **settings), dict(params=params[:2][::-1], **default_settings)]
optimizer = cls(iter(groups), lr=rate)
if not is_initial:  # the settings of the groups are loaded
    saved = optimizer.state_dict()
    optimizer = cls(iter([dict(params=group["params"]) for group in groups]), lr=0.0)
    follow(optimizer, params, [0], assigned={})
    optimizer.load_state_dict(saved)
actual = follow(optimizer, params, range(steps))
expected = [*run(default_settings, {})[:2], *run()[2:]]
""",
    "moves-at-zero": """\
actual = run({**settings, "lr": 0.0}, {})
expected = [np.tile(x.ravel(), (steps, 1)) for x in starts]
""",
    "setting-not-read": "actual, expected = run(new_settings, {0: given, 1: given}), run()\n",
    "setting-without-effect": """\
late = late and changes[0].keys().isdisjoint(getattr(cls, "initial", ()))
def has_effect(change):
    try:
        changed = run(assigned={6: change}) if late else run({**settings, **change})
    except Exception:  # the value is refused
        return True
    return not all(np.array_equal(x, y) for x, y in zip(changed, run()))
wrong = not any(map(has_effect, changes))
""",
    "swallows-settings": expect_refusal("make(make_params(), new_settings)\n"),
    "accepts-negative-rate": expect_refusal("make(make_params(), new_settings)\n"),
    "state-lost": STATE
    + """\
actual = follow(loading, params, range(n, steps))
wrong = any(differs(x, y, 0.0) for x, y in zip(actual, expected))
wrong = wrong or repr(loading.state_dict()) != repr(expected_state)
""",
    "state-aliases": STATE + "wrong = pickle.dumps(exported) != saved\n",
    "load-changes-state": STATE + "wrong = loaded_afterwards != pickle.dumps(pickle.loads(saved))\n",
    "wrong-dtype": """\
optimizer = make(params := make_params())
if is_loaded:  # the state of the same run in float64
    double = make(double_params := make_params(dtype=np.float64))
    follow(double, double_params, range(6))
    optimizer.load_state_dict(double.state_dict())
follow(optimizer, params, range(steps))
dtypes = {str(x.dtype) for x in iterate_arrays(optimizer.state_dict()) if x.ndim and x.dtype.kind == "f"}
print("the state has", dtypes)
wrong = not dtypes <= {str(x.dtype) for x in starts}
""",
    "depends-on-dtype": """\
expected = run(dtype=np.float64)
for _ in range(200):  # state on the class may show only after many runs
    actual = run(dtype=np.float32)
""",
    "changes-global-state": """\
before = global_state()
run()
wrong = before != global_state()
""",
    "imprecise": """\
usual = run()
def nudge(g, step):
    return None if g is None else g * (1 + 3e-9 * np.cos(step + np.arange(g.size)).reshape(g.shape))
gradients = [[nudge(g, step) for g in row] for step, row in enumerate(gradients)]
wrong = np.mean([np.mean(x[-1] == y[-1]) for x, y in zip(run(), usual)]) > 0.5
""",
    "not-finite": "wrong = not all(np.isfinite(x).all() for x in run())\n",
    "no-update": "wrong = any(x.size and np.array_equal(x[-1], x[-2]) for x in run())\n",
    "ascends": """\
def distance(lr):  # from c after some steps with the gradient p - c of |p - c|^2 / 2, relative to the start
    p = make_params()[0]
    c, first = 3 * p.data, p.data.copy()
    optimizer = make([p], {**settings, "lr": lr})
    for _ in range(6):
        p.grad = p.data - c
        optimizer.step()
    return np.abs(c - p.data).sum() / np.abs(c - first).sum()
wrong = not any(distance(lr) < 1 for lr in (0.05, 1e-3, 0.5))
""",
    "silent-step": expect_refusal("make(make_params()).step()  # no parameter has a gradient\n"),
    "version-kept": """\
params = make_params()
optimizer, versions = make(params), [p.version for p in params]
follow(optimizer, params, [0])
wrong = any(g is not None and p.version <= v for p, g, v in zip(params, gradients[0], versions))
""",
}
COMPARISON = """\
actual, expected = (np.concatenate([np.ravel(x) for x in part]) for part in (actual, expected))
wrong = differs(actual, expected, tolerance)
"""
RAISES = expect_success("""\
run()
run({**settings, "lr": 0.0})
params = make_params()
optimizer = make(params)
saved = optimizer.state_dict()
follow(optimizer, params, [0])
optimizer.load_state_dict(saved)  # of an optimizer that has taken no step
follow(optimizer, params, range(steps))
""")


def write_run_script(optimizer: OptimizerRuns, finding: Finding) -> str:
    """Return the whole script for a fault of an optimizer; without a run of its own, for one that raises."""
    run, values = finding.run or _find_raising_run(optimizer), dict(finding.values)
    starts = [p.data for p in run.make_params()]
    # Large parameters would fill pages; the small ones of the same run nearly always show the same fault.
    kept = values.pop("kept", None) or [k for k, x in enumerate(starts) if x.size <= MOST_SHOWN]
    rows = [run.make_gradients(step) for step in range(run.steps)]
    gradients = "".join(f"    {_write_arrays([row[k] for k in kept])},\n" for row in rows)
    initial = {name: v for name, v in run.settings.items() if name in optimizer.initial}
    data = {
        "settings": run.settings,
        "default_settings": optimizer.default_run.settings,
        # The base class restores settings, other classes may not.
        "new_settings": {**initial, "lr": 0.1} if optimizer.inherits_base else run.settings,
        "assigned": run.assigned,
        "takes_groups": optimizer.inherits_base,
        "steps_before": run.shapes is SHAPES,
        "is_loaded": False,
        **values,
    }
    end = ENDS.get(finding.code, RAISES)
    end += "" if "wrong = " in end else COMPARISON
    lines = [
        "import copy\nimport pickle\nfrom minigrad_core import Parameter\n",
        f"{write_import(optimizer.cls, 'cls')}\n",
        f"starts = {_write_arrays([starts[k] for k in kept])}  # the parameters\n",
        f"gradients = [  # one per parameter, at each step\n{gradients}]\nsteps = {run.steps}\n",
        *(f"{name} = {write_literal(value)}\n" for name, value in data.items()),
        FUNCTIONS,
    ]
    return join_script("".join(lines), end, (gaps, iterate_arrays, restore_settings))


def _find_raising_run(optimizer: OptimizerRuns) -> OptimizerRun:
    """Return the first run in which the optimizer raises, else the run with the defaults."""
    for run in optimizer.runs:
        try:
            optimizer.trajectory(run)
        except SubjectFailed:
            return run
    return optimizer.default_run


def _write_arrays(arrays: Sequence[Any]) -> str:
    return f"[{', '.join(map(write_literal, arrays))}]"
