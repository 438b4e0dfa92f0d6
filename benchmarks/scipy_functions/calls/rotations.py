"""Calls of scipy.spatial.transform: the methods are called on an object made of the variables."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial.transform import RigidTransform, Rotation, Slerp

from ..call import Call, draw, invoke, pass_to, spread

QUATERNIONS = draw(3, 4)
VECTORS = draw(3, 3)
# SciPy replaces a matrix that is not a rotation by the nearest rotation, and leaves a rotation as it is: the slopes at a
# rotation depend on that test.
MATRICES = np.asarray(Rotation.from_rotvec(VECTORS).as_matrix()) + draw(3, 3, 3) / 10
DUAL = np.concatenate([QUATERNIONS, draw(3, 4, low=-1)], axis=1)
COORDINATES = draw(3, 6)
TIMES = np.array([0.0, 1.0, 2.0])


def rotate(call: Callable[..., Any]) -> Call:
    """Return a call of a method of a rotation: `call(method, rotation)`."""
    return invoke(lambda f, q: call(f, Rotation.from_quat(q)), QUATERNIONS)


def move(call: Callable[..., Any]) -> Call:
    """Return a call of a method of a rigid transform: `call(method, transform)`."""
    return invoke(
        lambda f, q, t: call(f, RigidTransform.from_components(t, Rotation.from_quat(q))),
        QUATERNIONS,
        VECTORS,
    )


def _last_row(matrices: Any) -> Any:
    """Return [0, 0, 0, 1] for each matrix."""
    return matrices.__array_namespace__().asarray(np.array([[[0.0, 0.0, 0.0, 1.0]]] * len(matrices)))


def _set(f: Callable[..., Any], r: Any) -> Any:
    f(r, 0, r[1])
    return r


ROTATIONS = spread(
    {
        "Rotation.from_quat": pass_to(QUATERNIONS),
        "_promote": invoke(lambda f, q: f(q, xp=q.__array_namespace__()), QUATERNIONS),
        "Rotation.from_matrix": invoke(lambda f, m: f(m * 1.0), MATRICES),  # SciPy writes to its argument
        "Rotation.from_rotvec Rotation.from_mrp": pass_to(VECTORS),
        "Rotation.from_euler": invoke(lambda f, a: f("xyz", a), VECTORS),
        "Rotation.from_davenport": invoke(
            lambda f, a: f(a.__array_namespace__().eye(3), "extrinsic", a), VECTORS
        ),
        "Rotation.as_quat Rotation.as_matrix Rotation.as_rotvec Rotation.as_mrp Rotation.inv Rotation.magnitude "
        "Rotation.mean Rotation.__repr__": rotate(lambda f, r: f(r)),
        "Rotation.as_euler": rotate(lambda f, r: f(r, "xyz")),
        "Rotation.as_davenport": rotate(
            lambda f, r: f(r, r.as_quat().__array_namespace__().eye(3), "extrinsic")
        ),
        "Rotation.concatenate": rotate(lambda f, r: f([r, r.inv()])),
        "Rotation.apply": invoke(lambda f, q, v: f(Rotation.from_quat(q), v), QUATERNIONS, VECTORS),
        "Rotation.__mul__": rotate(lambda f, r: f(r, r[1])),
        "Rotation.__pow__": rotate(lambda f, r: f(r, 2.5)),
        "Rotation.approx_equal": rotate(lambda f, r: f(r, r, atol=1e-3)),
        "Rotation.reduce": rotate(lambda f, r: f(r)),
        "Rotation.__getitem__": rotate(lambda f, r: f(r, 1)),
        "Rotation.__setitem__": rotate(_set),
        "Rotation.__iter__": rotate(lambda f, r: list(f(r))),
        "Rotation.align_vectors": pass_to(draw(4, 3, low=-1), draw(3, 4, low=-1).T),
        "Slerp.__init__ Slerp.__call__": invoke(
            lambda f, q, t: Slerp(q.__array_namespace__().asarray(TIMES), Rotation.from_quat(q))(t),
            QUATERNIONS,
            np.array([0.4, 1.3]),
        ),
        "normalize_dual_quaternion RigidTransform.from_dual_quat": pass_to(DUAL),
        "RigidTransform.from_matrix": invoke(
            lambda f, m: f(m.__array_namespace__().concat([m, _last_row(m)], axis=1)),
            np.concatenate([MATRICES, VECTORS[:, :, None]], axis=2),
        ),
        "RigidTransform.from_rotation": invoke(lambda f, q: f(Rotation.from_quat(q)), QUATERNIONS),
        "RigidTransform.from_translation": pass_to(VECTORS),
        "RigidTransform.from_components": invoke(
            lambda f, q, t: f(t, Rotation.from_quat(q)), QUATERNIONS, VECTORS
        ),
        "RigidTransform.from_exp_coords": pass_to(COORDINATES),
        "RigidTransform.identity": invoke(lambda f: f(3)),
        "RigidTransform.concatenate": move(lambda f, t: f([t, t.inv()])),
        "RigidTransform.as_matrix RigidTransform.as_components RigidTransform.as_exp_coords "
        "RigidTransform.as_dual_quat RigidTransform.inv RigidTransform.mean": move(lambda f, t: f(t)),
        "RigidTransform.__getitem__": move(lambda f, t: f(t, 1)),
        "RigidTransform.__setitem__": move(_set),
        "RigidTransform.__mul__": move(lambda f, t: f(t, t[1])),
        "RigidTransform.__pow__": move(lambda f, t: f(t, 2.5)),
        "RigidTransform.apply": invoke(
            lambda f, q, t: f(RigidTransform.from_components(t, Rotation.from_quat(q)), t),
            QUATERNIONS,
            VECTORS,
        ),
        "RigidTransform.__iter__": move(lambda f, t: list(f(t))),
    }
)
