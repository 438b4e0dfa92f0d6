"""Calls of scipy.cluster.hierarchy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.cluster import hierarchy
from scipy.spatial.distance import pdist

from ..call import Call, draw, invoke, pass_to, spread

POINTS = draw(5, 3)
DISTANCES = pdist(POINTS)
TREE = np.asarray(hierarchy.linkage(DISTANCES))
INCONSISTENCY = np.asarray(hierarchy.inconsistent(TREE))
LABELS = np.array([1, 1, 2, 2, 3], np.int32)


def pass_tree(call: Callable[..., Any], *others: Any) -> Call:
    """Return the call of a tree whose heights are variables; its other columns are whole numbers."""

    def invoke_on_tree(f: Any, heights: Any, *arrays: Any) -> Any:
        xp = heights.__array_namespace__()
        first, second, _, sizes = (xp.asarray(column.copy()) for column in TREE.T)
        return call(f, xp.stack([first, second, heights, sizes], axis=1), *arrays)

    return invoke(invoke_on_tree, TREE[:, 2], *others)


CLUSTERS = spread(
    {
        "single complete average weighted centroid median ward linkage": pass_to(DISTANCES),
        "to_tree inconsistent to_mlab_linkage is_monotonic is_valid_linkage num_obs_linkage "
        "leaves_list maxdists cophenet": pass_tree(lambda f, z: f(z)),
        "dendrogram": pass_tree(lambda f, z: f(z, no_plot=True)),
        "from_mlab_linkage": pass_to(np.asarray(hierarchy.to_mlab_linkage(TREE))),
        "optimal_leaf_ordering correspond": pass_tree(lambda f, z, y: f(z, y), DISTANCES),
        "is_valid_im": pass_to(INCONSISTENCY),
        "fcluster": pass_tree(lambda f, z: f(z, 1.1)),
        "fclusterdata": invoke(lambda f, x: f(x, 1.1), POINTS),
        "is_isomorphic": invoke(lambda f: f(LABELS, LABELS)),
        "maxinconsts": pass_tree(lambda f, z, r: f(z, r), INCONSISTENCY),
        "maxRstat": pass_tree(lambda f, z, r: f(z, r, 1), INCONSISTENCY),
        "leaders": pass_tree(lambda f, z, t: f(z, t), hierarchy.fcluster(TREE, 1.1)),
    }
)
