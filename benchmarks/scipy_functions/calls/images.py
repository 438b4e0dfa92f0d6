"""Calls of scipy.ndimage."""

import numpy as np
from scipy import ndimage

from ..call import draw, invoke, pass_to, spread

IMAGE = draw(5, 6)
WEIGHTS = draw(3, 3)
LABELS = np.repeat([[0, 1, 1, 2, 2, 2]], 5, axis=0)
BINARY = IMAGE > 1


IMAGES = spread(
    {
        "convolve correlate": pass_to(IMAGE, WEIGHTS),
        "convolve1d correlate1d": pass_to(IMAGE, WEIGHTS[0]),
        "gaussian_filter gaussian_filter1d gaussian_gradient_magnitude gaussian_laplace": invoke(
            lambda f, x, s: f(x, s), IMAGE, np.array(1.2)
        ),
        "laplace prewitt sobel spline_filter spline_filter1d": pass_to(IMAGE),
        "generic_filter vectorized_filter": invoke(
            lambda f, x: f(x, lambda w, axis=None: w.sum(axis), size=3), IMAGE
        ),
        "generic_filter1d": invoke(lambda f, x: f(x, lambda line, out: None, 3), IMAGE),
        "generic_gradient_magnitude generic_laplace": invoke(lambda f, x: f(x, ndimage.sobel), IMAGE),
        "maximum_filter maximum_filter1d median_filter minimum_filter minimum_filter1d uniform_filter "
        "uniform_filter1d grey_closing grey_dilation grey_erosion grey_opening black_tophat white_tophat "
        "morphological_gradient morphological_laplace": invoke(lambda f, x: f(x, 3), IMAGE),
        "percentile_filter": invoke(lambda f, x: f(x, 40, 3), IMAGE),
        "rank_filter": invoke(lambda f, x: f(x, 2, 3), IMAGE),
        "fourier_ellipsoid fourier_gaussian fourier_shift fourier_uniform": invoke(
            lambda f, x: f(x, 1.5), IMAGE
        ),
        "affine_transform": pass_to(IMAGE, np.array([[0.9, 0.1], [-0.1, 1.1]])),
        "geometric_transform": invoke(lambda f, x: f(x, lambda c: c), IMAGE),
        "map_coordinates": pass_to(IMAGE, draw(2, 4)),
        "rotate": invoke(lambda f, x: f(x, 20.0), IMAGE),
        "shift zoom": invoke(lambda f, x: f(x, 1.3), IMAGE),
        "center_of_mass extrema maximum maximum_position mean median minimum minimum_position standard_deviation "
        "sum sum_labels variance": invoke(lambda f, x, labels: f(x, labels, 2), IMAGE, LABELS),
        "histogram": invoke(lambda f, x: f(x, 0.0, 2.0, 4), IMAGE),
        "labeled_comprehension": invoke(
            lambda f, x, labels: f(x, labels, [1, 2], np.sum, float, 0), IMAGE, LABELS
        ),
        "find_objects value_indices": invoke(lambda f: f(LABELS)),
        "label binary_closing binary_dilation binary_erosion binary_fill_holes binary_opening "
        "binary_propagation binary_hit_or_miss distance_transform_bf distance_transform_cdt "
        "distance_transform_edt": invoke(lambda f: f(BINARY)),
        "iterate_structure": invoke(lambda f: f(BINARY[:3, :3], 2)),
        "watershed_ift": invoke(lambda f: f(LABELS.astype(np.uint8), LABELS.astype(np.int16))),
    }
)
