"""Calls of scipy.stats."""

from typing import Any

import numpy as np

from ..call import UNIT, Call, X, Y, draw, invoke, pass_to, spread

Z = np.array([0.35, 1.45, 2.05, 0.95, 2.45, 1.75])
SAMPLE = draw(12)
OTHER = draw(11)
DIRECTIONS = draw(6, 3, low=-1)


def take_first(call: Any, *arrays: Any) -> Call:
    """Return a call that keeps the first result only, such as a statistic without its p-value."""
    return invoke(lambda f, *xs: call(f, *xs)[0], *arrays)


def _mean(x: Any, axis: int = -1) -> Any:
    return (
        x.__array_namespace__().mean(x, axis=axis) if hasattr(x, "__array_namespace__") else np.mean(x, axis)
    )


def _difference(x: Any, y: Any, axis: int = -1) -> Any:
    return _mean(x, axis) - _mean(y, axis)


def _rng() -> np.random.Generator:
    return np.random.default_rng(5)


STATISTICS = spread(
    {
        "gmean hmean mode tmean tvar tmin tmax tstd tsem skew kurtosis describe sem zscore gzscore gstd iqr "
        "median_abs_deviation sigmaclip variation kstat kstatvar lmoment entropy differential_entropy circmean "
        "circvar circstd rankdata expectile jarque_bera": pass_to(X),
        "skewtest kurtosistest normaltest": take_first(lambda f, x: f(x), SAMPLE),
        "pmean": invoke(lambda f, x: f(x, 3), X),
        "moment": invoke(lambda f, x: f(x, 3), X),
        "trim_mean": invoke(lambda f, x: f(x, 0.2), X),
        "zmap": pass_to(X, Y),
        "quantile": invoke(lambda f, x, p: f(x, p), X, UNIT),
        "_xp_searchsorted": invoke(lambda f, x, y: f(x, y), np.sort(X), Y),
        "boxcox_llf yeojohnson_llf": invoke(lambda f, x: f(0.7, x), X),
        "directional_stats": invoke(lambda f, x: _directional(f(x)), DIRECTIONS),
        "false_discovery_control combine_pvalues": pass_to(UNIT),
        "fligner": take_first(lambda f, x, y, z: f(x, y, z), draw(5), draw(7), draw(9)),
        "alexandergovern": invoke(lambda f, x, y, z: f(x, y, z).statistic, X, Y, Z),
        "f_oneway kruskal friedmanchisquare bartlett levene": take_first(
            lambda f, x, y, z: f(x, y, z), X, Y, Z
        ),
        "ttest_1samp": take_first(lambda f, x: f(x, 1.0), X),
        "ttest_ind ttest_rel pearsonr": take_first(lambda f, x, y: f(x, y), X, Y),
        "ttest_ind_from_stats": take_first(lambda f, m, s: f(m[0], s[0], 8, m[1], s[1], 9), X[:2], Y[:2]),
        "power_divergence": take_first(lambda f, x: f(x, lambda_=0.5), X),
        "chisquare": take_first(lambda f, x, y: f(x, y, sum_check=False), X, Y),
        "ks_1samp": take_first(lambda f, x: f(x, lambda t: 1 / (1 + np.e**-t)), X),
        "cramervonmises": invoke(lambda f, x: f(x, lambda t: 1 / (1 + np.e**-t)).statistic, X),
        "cramervonmises_2samp": invoke(lambda f, x, y: f(x, y).statistic, X, Y),
        "epps_singleton_2samp": take_first(lambda f, x, y: f(x, y), X, Y),
        "brunnermunzel ansari mood wilcoxon mannwhitneyu chatterjeexi spearmanrho": take_first(
            lambda f, x, y: f(x, y), X, Y
        ),
        "bootstrap": invoke(lambda f, x: f((x,), _mean, n_resamples=20, rng=_rng()).standard_error, X),
        "monte_carlo_test": invoke(
            lambda f, x: f(x, lambda size: _rng().normal(size=size), _mean, n_resamples=20).statistic, X
        ),
        "permutation_test": invoke(
            lambda f, x, y: f((x, y), _difference, n_resamples=20, rng=_rng()).statistic, X, Y
        ),
        "power": invoke(lambda f: f(_power_test, _power_rvs, 8, n_resamples=20).power),
    }
)


def _directional(result: Any) -> Any:
    return result.mean_direction, result.mean_resultant_length


def _power_rvs(size: Any) -> Any:
    return _rng().normal(size=size)


def _power_test(x: Any, axis: int = -1) -> Any:
    return np.full(np.shape(x)[:-1] if axis == -1 else (), 0.02)
