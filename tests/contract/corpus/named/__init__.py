"""Optimizers that bear the name of a published rule, and move otherwise."""

from . import averages, kin, moments, velocities

OPTIMIZERS = (
    averages.RMSprop,
    averages.Adagrad,
    averages.Adadelta,
    averages.LAMB,
    moments.Adam,
    moments.AdamW,
    kin.AMSGrad,
    kin.Yogi,
    kin.AdaBelief,
    velocities.MomentumSGD,
    velocities.NAG,
    velocities.Lion,
    kin.RAdam,
    velocities.Renamed,
)

__all__ = ["OPTIMIZERS"]
