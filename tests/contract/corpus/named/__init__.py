"""Optimizers that bear the name of a published rule, and move otherwise; `conduct`: that do so at times."""

from . import averages, conduct, kin, moments, velocities

OPTIMIZERS = (
    averages.RMSprop,
    averages.Adagrad,
    averages.Adadelta,
    averages.LAMB,
    averages.LAMBOfWhatDecays,
    conduct.Descent,
    conduct.Tenfold,
    conduct.Finite,
    conduct.Rolling,
    conduct.Trusting,
    conduct.SignSizes,
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
