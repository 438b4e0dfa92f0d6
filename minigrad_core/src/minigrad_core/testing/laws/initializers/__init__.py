"""What an initializer owes: four laws."""

from ...finding import Check
from .claim import claim
from .generator import generator
from .reference import reference
from .shape_and_type import shape_and_type

INITIALIZER_LAWS = (
    Check("shape_and_type", shape_and_type),
    Check("generator", generator, after=("shape_and_type",)),
    Check("claim", claim, after=("shape_and_type",)),
    Check("reference", reference, after=("shape_and_type",)),
)

__all__ = ["INITIALIZER_LAWS"]
