"""Rules that a third party publishes under names of its own, and what was missed in them at first sight."""

from . import averages, initializers, moments, shapes, velocities

OPTIMIZERS = (
    averages.DualAveraging,
    averages.ProximalAdagrad,
    moments.Adan,
    moments.CautiousAdam,
    moments.CappedMoments,
    moments.DiffGradient,
    moments.LaProp,
    moments.PartiallyAdaptive,
    shapes.LayerwiseRate,
    shapes.CoverSM3,
    shapes.ClippedDescent,
    velocities.NesterovBall,
    velocities.Lookahead,
    velocities.QuasiHyperbolic,
    velocities.AggregatedMomentum,
    velocities.SignMomentum,
    velocities.Resilient,
    velocities.SlowGradients,
    velocities.WeightAveraging,
)
INITIALIZERS = (
    initializers.LogUniform(),
    initializers.LeakyHe(),
    initializers.TruncatedFan(),
    initializers.SemiOrthogonal(),
)

__all__ = ["INITIALIZERS", "OPTIMIZERS"]
