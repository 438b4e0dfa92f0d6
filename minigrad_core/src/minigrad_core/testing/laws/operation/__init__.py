"""What minigrad asks of its operations, beside the laws that hold for everybody."""

from . import documentation, naming, pickling, tensors

OWN_LAWS = (naming.LAW, pickling.LAW, tensors.LAW, documentation.LAW)

__all__ = ["OWN_LAWS"]
