"""Ignore the faults of frameworks that are not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [f"{name}_faults/*" for name in ("torch", "jax", "autograd") if find_spec(name) is None]
