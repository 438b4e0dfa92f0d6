"""What minigrad asks of its operations, beside the laws that hold for everybody."""

from .registration import DOCUMENTATION, NAMING, PICKLING
from .tensors import LAW as TENSORS

OWN_LAWS = (NAMING, PICKLING, TENSORS, DOCUMENTATION)

__all__ = ["OWN_LAWS"]
