"""Plugins that are installed for a test of how the kit is run."""

from __future__ import annotations

# `Right` answers for the one NumPy function that it calls, so that nothing else need be installed.
HEAD = '''
import os, sys, time
import numpy as np
import minigrad_core as mg

class Right(mg.Operation):
    """-x, of any shape. d/dx = -grad."""

    name = "right"
    broadcasts = True
    implements = (np.negative,)

    def forward(self, ctx, x):
        return -x

    def backward(self, ctx, grad):
        return -grad
'''

CLASS = '''
class {cls}(Right):
    """-x, of any shape. d/dx = -grad."""

    name = "{name}"
    implements = ()

    def {method}:
        {body}
'''

HOOK = """
@mg.hookimpl
def minigrad_operations():
    return [{operations}]
"""

BODIES = {
    "wrong": ("backward(self, ctx, grad)", "return -(-grad)"),
    "endless": ("backward(self, ctx, grad)", "while True: time.sleep(0.01)"),
    "announced": ("forward(self, ctx, x)", "os.write(2, b'running\\n'); time.sleep(60)"),
    "leaving": ("forward(self, ctx, x)", "sys.exit(3)"),
    "dying": ("forward(self, ctx, x)", "os._exit(7)"),
    "printing": ("forward(self, ctx, x)", "print('noise'); return -x"),
}


def plugin(*names: str) -> str:
    """Return the module of a plugin that has the operation `right`, and those of `BODIES` that are named."""
    classes = [
        CLASS.format(cls=name.title(), name=name, method=BODIES[name][0], body=BODIES[name][1])
        for name in names
    ]
    operations = ", ".join(f"{name.title()}()" for name in ("right", *names))
    return "".join([HEAD, *classes, HOOK.format(operations=operations)])
