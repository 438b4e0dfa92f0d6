"""Optimizers."""

from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam, AdamW, Lamb, NAdam
from .lion import Lion
from .muon import Muon
from .rmsprop import RMSprop
from .sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Lamb",
    "Lion",
    "Muon",
    "NAdam",
    "RMSprop",
]
