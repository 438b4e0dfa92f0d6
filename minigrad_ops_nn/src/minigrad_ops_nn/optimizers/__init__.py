"""Optimizers."""

from .adam import Adam, AdamW, Lamb, NAdam
from .adaptive import Adadelta, Adagrad, RMSprop
from .lion import Lion
from .muon import Muon
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
