"""Functions of PyTorch that change shapes and positions."""

from __future__ import annotations

import torch
from torch.nn import functional

from minigrad_core.cases import (
    Case,
    axis_of,
    boolean,
    index_into,
    real,
    unit,
)

from .torch_list import NK, add

# --- shapes and places
for name in [
    "flatten",
    "ravel",
    "squeeze",
    "t",
    "diag",
    "diagonal",
    "diag_embed",
    "diagflat",
    "tril",
    "triu",
    "fliplr",
    "flipud",
    "rot90",
    "clone",
]:
    add(name, Case(x=NK))
add("cat", Case(xs=(real("n k"), real("m k")), dim=0))
for name in ["stack", "hstack", "vstack", "dstack", "column_stack"]:
    add(name, Case(xs=(NK, NK)))
add("flip", Case(x=NK, dims=(0,)))
add("roll", Case(x=NK, shifts=1, dims=0))
add("tile", Case(x=NK, dims=(2, 2)))
add("repeat_interleave", Case(x=NK, repeats=2, dim=axis_of("x")))
add("reshape", Case(x=NK, shape=(-1,)))
add("transpose", Case(x=NK, dim0=0, dim1=1))
add("movedim", Case(x=NK, source=0, destination=1))
add("permute", Case(x=NK, dims=(1, 0)))
add("unsqueeze", Case(x=NK, dim=1))
add(
    "split",
    Case(x=real("n 4"), split_size=2, dim=1),
    f=lambda x, split_size, dim: torch.split(x, split_size, dim),
)
add("chunk", Case(x=real("n 4"), chunks=2, dim=1))
add("narrow", Case(x=real("n 4"), dim=1, start=1, length=2))
add("select", Case(x=NK, dim=0, index=0))
add("unbind", Case(x=NK, dim=0))
add(
    "index_select",
    Case(x=NK, index=index_into("x", axis=0, shape="m"), dim=0),
    f=lambda x, index, dim: torch.index_select(x, dim, index),
)
add(
    "gather",
    Case(x=NK, index=index_into("x", axis=1, shape="n m"), dim=1),
    f=lambda x, index, dim: torch.gather(x, dim, index),
)
add("take_along_dim", Case(x=NK, index=index_into("x", axis=1, shape="n m"), dim=1))
add("take", Case(x=real("n"), index=index_into("x", axis=0, shape="m")))
LONGER = {"accepts-mismatch"}  # the source may be longer than the indices, as documented
add(
    "scatter_add",
    Case(x=NK, index=index_into("x", axis=1, shape="n k"), src=NK),
    f=lambda x, index, src: torch.scatter_add(x, 1, index, src),
    conventions=LONGER,
)
add(
    "scatter",
    Case(x=NK, index=index_into("x", axis=1, shape="n 1"), src=real("n 1")),
    f=lambda x, index, src: torch.scatter(x, 1, index, src),
    conventions=LONGER,
)
for way in ("sum", "prod", "mean", "amax", "amin"):
    add(
        "scatter_reduce",
        Case(x=NK, index=index_into("x", axis=1, shape="n k"), src=NK),
        f=lambda x, index, src, way=way: torch.scatter_reduce(x, 1, index, src, way),
        conventions=LONGER,
    )
    if way != "sum":
        add(
            "index_reduce",
            Case(x=NK, index=index_into("x", axis=0, shape="m"), src=real("m k")),
            f=lambda x, index, src, way=way: torch.index_reduce(x, 0, index, src, way),
        )
add(
    "index_add",
    Case(x=NK, index=index_into("x", axis=0, shape="m"), src=real("m k")),
    f=lambda x, index, src: torch.index_add(x, 0, index, src),
)
add(
    "index_fill",
    Case(x=NK, index=index_into("x", axis=0, shape="m")),
    f=lambda x, index: torch.index_fill(x, 0, index, 0.7),
)
add("masked_fill", Case(x=NK, mask=boolean("n k"), value=0.7))
add("masked_select", Case(x=NK, mask=boolean("n k")))
add(
    "segment_reduce",
    Case(x=real("6 k")),
    f=lambda x: torch.segment_reduce(x, "max", lengths=torch.tensor([1, 2, 3]), axis=0),
)
add(
    "segment_reduce",
    Case(x=real("6 k")),
    f=lambda x: torch.segment_reduce(x, "prod", lengths=torch.tensor([1, 2, 3]), axis=0),
)
add("combinations", Case(x=real("n")))
add("cartesian_prod", Case(xs=(real("n"), real("m"))), f=lambda xs: torch.cartesian_prod(*xs))
add("block_diag", Case(xs=(real("n k"), real("m"))), f=lambda xs: torch.block_diag(*xs))
add("vander", Case(x=real("n")))
add(
    "F.pad",
    Case(x=real("b c n"), pad=(1, 1), mode="constant"),
    Case(x=real("b c 4"), pad=(1, 2), mode="reflect"),
)
add(
    "F.pad",
    Case(x=real("b c 4"), pad=(1, 2), mode="replicate"),
    Case(x=real("b c 4"), pad=(1, 2), mode="circular"),
)
add("F.pixel_shuffle", Case(x=real("n 4 h w"), upscale_factor=2))
add("F.pixel_unshuffle", Case(x=real("n c 4 6"), downscale_factor=2))
add("F.channel_shuffle", Case(x=real("n 4 h w"), groups=2))
add("F.unfold", Case(x=real("n c 4 5"), kernel_size=2))
add("F.fold", Case(x=real("n 8 6"), output_size=(3, 4), kernel_size=2))
for mode in ("nearest", "linear", "area", "nearest-exact"):
    add("F.interpolate", Case(x=real("n c 5"), size=8, mode=mode), Case(x=real("n c 5"), size=3, mode=mode))
for mode in ("bilinear", "bicubic"):
    add(
        "F.interpolate",
        Case(x=real("n c 5 4"), size=(8, 3), mode=mode),
        Case(x=real("n c 5 4"), size=(4, 6), mode=mode, align_corners=True),
    )
for padding in ("zeros", "border", "reflection"):
    for mode in ("bilinear", "bicubic"):
        add(
            "F.grid_sample",
            Case(
                x=real("n 2 4 5"), grid=unit("n h w 2"), mode=mode, padding_mode=padding, align_corners=False
            ),
        )
add(
    "F.grid_sample",
    Case(
        x=real("n 2 4 5 3"),
        grid=unit("n h w 2 3"),
        mode="bilinear",
        padding_mode="border",
        align_corners=True,
    ),
)
add(
    "F.affine_grid",
    Case(theta=real("n 2 3")),
    f=lambda theta: functional.affine_grid(theta, [theta.shape[0], 1, 3, 4], align_corners=False),
)
