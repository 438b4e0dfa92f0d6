"""The value and gradient of functions of SciPy, relative to SciPy's value alone, to JAX and to autograd."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

import minigrad_core as mg
import minigrad_scipy as mirror

from .harness import Contender, import_if_installed

TITLE = "value and gradient, relative to the value of SciPy"
RNG = np.random.default_rng(0)


class Function(NamedTuple):
    """A function of modules: SciPy's, those of the mirror, or a peer's; and its arguments."""

    call: Callable[..., Any]  # call(root, *arguments), where the root has the modules of SciPy
    arguments: tuple[Any, ...]
    jax: bool = False
    autograd: bool = False


def _regular(n: int) -> Any:
    return RNG.normal(size=(n, n)) + n * np.eye(n)


IMAGE, PLACES = RNG.normal(size=(256, 256)), RNG.uniform(0, 255, (2, 65536))
KNOTS, SIGNAL = np.sort(RNG.random(1000)), RNG.normal(size=100000)
POINTS, OTHERS = RNG.random((1000, 3)), RNG.random((800, 3))
N = 10000
BAND = [-np.ones(N - 1), 4 * np.ones(N), -np.ones(N - 1)]


def _change(_: Any, y: Any, rates: Any) -> Any:
    return np.stack([rates[0] * y[0] - rates[1] * y[0] * y[1], rates[2] * y[0] * y[1] - rates[3] * y[1]])


def _solve_band(root: Any, data: Any, b: Any) -> Any:
    rows = np.concatenate([np.arange(N - 1), np.arange(N), np.arange(1, N)])
    columns = np.concatenate([np.arange(1, N), np.arange(N), np.arange(N - 1)])
    return root.sparse.linalg.spsolve(root.sparse.csr_array((data, (rows, columns)), shape=(N, N)), b)


FUNCTIONS = {
    "special.gammaln": Function(lambda r, x: r.special.gammaln(x), (RNG.uniform(1, 9, 100000),), True, True),
    "special.betainc": Function(
        lambda r, x: r.special.betainc(2.0, 3.0, x), (RNG.uniform(0.1, 0.9, 100000),), True, True
    ),
    "stats.norm.logpdf": Function(
        lambda r, x, loc, scale: r.stats.norm.logpdf(x, loc, scale),
        (SIGNAL, np.array(0.3), np.array(2.0)),
        True,
        True,
    ),
    "linalg.solve": Function(lambda r, a, b: r.linalg.solve(a, b), (_regular(300), SIGNAL[:300]), True),
    "linalg.cholesky": Function(
        lambda r, a: r.linalg.cholesky(a, lower=True), ((lambda a: a @ a.T)(_regular(300)),), True
    ),
    "linalg.expm": Function(lambda r, a: r.linalg.expm(a), (RNG.normal(size=(60, 60)) / 8,), True),
    "fft.dct": Function(lambda r, x: r.fft.dct(x), (RNG.normal(size=(200, 1024)),), True),
    "signal.lfilter": Function(
        lambda r, b, a, x: r.signal.lfilter(b, a, x), (SIGNAL[:4], np.array([1.0, -0.5, 0.2]), SIGNAL)
    ),
    "signal.fftconvolve": Function(
        lambda r, a, b: r.signal.fftconvolve(a, b, mode="same"), (SIGNAL, SIGNAL[:200]), True
    ),
    "ndimage.map_coordinates, order 1": Function(
        lambda r, image, places: r.ndimage.map_coordinates(image, places, order=1), (IMAGE, PLACES), True
    ),
    "ndimage.map_coordinates, order 3": Function(
        lambda r, image, places: r.ndimage.map_coordinates(image, places, order=3), (IMAGE, PLACES)
    ),
    "ndimage.gaussian_filter": Function(lambda r, image: r.ndimage.gaussian_filter(image, 2.0), (IMAGE,)),
    "interpolate.CubicSpline": Function(
        lambda r, y, p: r.interpolate.CubicSpline(KNOTS, y)(p), (SIGNAL[:1000], RNG.random(20000))
    ),
    "interpolate.RegularGridInterpolator": Function(
        lambda r, v, p: r.interpolate.RegularGridInterpolator((np.arange(256.0),) * 2, v)(p),
        (IMAGE, PLACES[:, :20000].T.copy()),
    ),
    "spatial.distance.cdist": Function(
        lambda r, x, y: r.spatial.distance.cdist(x, y, "euclidean"), (POINTS, OTHERS)
    ),
    "spatial.distance.cdist, cityblock": Function(
        lambda r, x, y: r.spatial.distance.cdist(x, y, "cityblock"), (POINTS, OTHERS)
    ),
    "sparse.linalg.spsolve": Function(_solve_band, (np.concatenate(BAND), SIGNAL[:N])),
    "integrate.solve_ivp": Function(
        lambda r, y0, k: r.integrate.solve_ivp(_change, (0, 20), y0, args=(k,), rtol=1e-6, atol=1e-6).y[
            :, -1
        ],
        (np.array([30.0, 4.0]), np.array([0.55, 0.028, 0.024, 0.8])),
    ),
}
SETTINGS = tuple(FUNCTIONS)


def contenders(setting: str) -> dict[str, Contender]:
    """Return SciPy's value, and the value and gradient of the result's sum for each library that has it."""
    call, arguments, in_jax, in_autograd = FUNCTIONS[setting]
    scipy, numbers = import_module("scipy"), tuple(range(len(arguments)))
    for module in ("special", "stats", "spatial.distance", "sparse.linalg"):
        import_module(f"scipy.{module}")
    found: dict[str, Contender] = {
        "SciPy, value": lambda: call(scipy, *arguments),
        "minigrad": lambda: mg.value_and_grad(lambda *xs: np.sum(call(mirror, *xs)), numbers)(*arguments),
    }
    if in_jax and (jax := _import_jax()):
        total = jax.jit(jax.value_and_grad(lambda *xs: jax.numpy.sum(call(jax.scipy, *xs)), numbers))
        given = [jax.numpy.asarray(x) for x in arguments]
        found["JAX, jit"] = lambda: jax.block_until_ready(total(*given))
    if in_autograd and import_if_installed("autograd"):
        autograd, peer = import_module("autograd"), import_module("autograd.scipy")
        for module in ("special", "stats"):
            import_module(f"autograd.scipy.{module}")
        sum_of = import_module("autograd.numpy").sum
        gradient = autograd.value_and_grad(lambda *xs: sum_of(call(peer, *xs)), numbers)
        found["autograd"] = lambda: gradient(*arguments)
    return found


def _import_jax() -> Any:
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    if jax := import_if_installed("jax"):
        jax.config.update("jax_enable_x64", True)
        import_module("jax.scipy.stats")
        import_module("jax.scipy.signal")
        import_module("jax.scipy.fft")
        import_module("jax.scipy.ndimage")
    return jax
