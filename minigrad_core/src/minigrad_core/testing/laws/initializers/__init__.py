"""What an initializer owes: four laws."""

from ...finding import Law
from .distribution import claim, reference
from .generator import generator
from .shape_and_type import shape_and_type

INITIALIZER_LAWS = (
    Law("shape_and_type", shape_and_type),
    *(Law(law.__name__, law, after=("shape_and_type",)) for law in (generator, claim, reference)),
)
