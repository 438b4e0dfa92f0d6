"""Wrong operations, one for each way of being wrong: a file for each law, or for a part of one."""

from . import (  # noqa: F401 - they enter pairs
    derivative,
    derivative_complex,
    derivative_kinks,
    derivative_second,
    derivative_shape,
    domain,
    frame_memory,
    frame_process,
    frame_writes,
    linear,
    own,
    reference,
    refusal,
    same,
    type_,
)
