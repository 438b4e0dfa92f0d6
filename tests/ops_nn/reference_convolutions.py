"""PyTorch's convolutions and pooling."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.ops_nn.reference_format import Family, torch


def convolutions() -> Family:
    """Return the references of convolutions and transposed convolutions."""
    family = Family("convolutions")
    f = torch.nn.functional
    settings: dict[str, list[tuple[Any, Any, dict[str, Any]]]] = {
        "conv1d": [
            ((2, 3, 7), (4, 3, 3), {}),
            ((2, 4, 8), (6, 2, 3), {"stride": 2, "padding": 1, "groups": 2}),
            ((1, 2, 8), (2, 1, 4), {"padding": "same", "dilation": 2, "groups": 2}),
        ],
        "conv2d": [
            ((2, 3, 5, 6), (4, 3, 3, 2), {}),
            ((2, 2, 6, 5), (3, 2, 3, 3), {"stride": [2, 1], "padding": [1, 2]}),
            ((1, 2, 6, 7), (2, 2, 2, 3), {"padding": "same", "dilation": [2, 1]}),
            ((2, 4, 5, 5), (4, 1, 3, 3), {"padding": 1, "groups": 4}),
            ((2, 4, 4, 4), (6, 2, 2, 2), {"stride": 2, "groups": 2, "padding": "valid"}),
            ((2, 3, 4, 4), (2, 3, 1, 1), {}),
        ],
        "conv_transpose1d": [
            ((2, 3, 4), (3, 2, 3), {}),
            ((2, 4, 5), (4, 3, 3), {"stride": 3, "padding": 1, "output_padding": 2, "groups": 2}),
            ((2, 2, 4), (2, 3, 2), {"dilation": 3, "output_padding": 2}),
        ],
        "conv_transpose2d": [
            ((2, 3, 3, 4), (3, 2, 2, 3), {}),
            ((2, 2, 3, 3), (2, 3, 3, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
            ((1, 4, 3, 2), (4, 1, 2, 2), {"stride": [2, 1], "dilation": [1, 2], "groups": 2}),
            ((2, 2, 3, 4), (2, 1, 3, 2), {"dilation": [2, 3], "padding": 1, "output_padding": [1, 2]}),
        ],
    }
    for op, cases in settings.items():
        for shape, kernel, named in cases:
            outputs = kernel[1] * named.get("groups", 1) if "transpose" in op else kernel[0]
            function = partial(getattr(f, op), **named)
            family.add(op, function, family.real(*shape), family.real(*kernel), family.real(outputs), **named)
            family.add(op, function, family.real(*shape), family.real(*kernel), **named)
    return family


def pooling() -> Family:
    """Return the references of pooling; ties go to the first maximum in both."""
    family = Family("pooling")
    f = torch.nn.functional
    settings: list[dict[str, Any]] = [
        {"kernel_size": 2},
        {"kernel_size": 3, "stride": 2, "padding": 1},
        {"kernel_size": 3, "stride": 1},
    ]
    for named in settings:
        for axes, shape in ((1, (2, 3, 8)), (2, (2, 2, 7, 6))):
            tied = family.rng.integers(0, 3, shape).astype(float)
            for x in (family.real(*shape), tied):
                family.add(f"max_pool{axes}d", partial(getattr(f, f"max_pool{axes}d"), **named), x, **named)
            for counted in (True, False):
                own = {**named, "count_include_pad": counted}
                function = partial(getattr(f, f"avg_pool{axes}d"), **own)
                family.add(f"avg_pool{axes}d", function, family.real(*shape), **own)
    for axes, size in (
        *[(1, m) for m in (1, 3, 4, 9)],
        *[(2, m) for m in ([1, 1], [3, 2], [5, 8], [None, 4])],
    ):
        average, largest = (f"adaptive_{kind}_pool{axes}d" for kind in ("avg", "max"))
        x, other = (family.real(2, 2, 8) if axes == 1 else family.real(2, 2, 5, 6) for _ in range(2))
        family.add(average, partial(getattr(f, average), output_size=size), x, output_size=size)
        for values in (other, x.round()):
            family.add(largest, partial(getattr(f, largest), output_size=size), values, output_size=size)
    return family
