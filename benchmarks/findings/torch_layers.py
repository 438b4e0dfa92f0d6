"""Losses and layers of PyTorch."""

from __future__ import annotations

import torch
from torch.nn import functional

from minigrad_core.cases import (
    Case,
    between,
    index_into,
    positive,
    real,
)

from .torch_list import NK, K, add

# --- losses
for name in ["l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss"]:
    for way in ("mean", "none"):
        add(f"F.{name}", Case(x=NK, y=NK, reduction=way))
add("F.soft_margin_loss", Case(x=NK, y=NK), f=lambda x, y: functional.soft_margin_loss(x, y.detach().sign()))
add(
    "F.kl_div",
    Case(x=NK, y=between(0, 1, "n k"), reduction="batchmean"),
    Case(x=NK, y=NK, reduction="sum", log_target=True),
)
add(
    "F.poisson_nll_loss",
    Case(x=NK, y=positive("n k")),
    Case(x=positive("n k"), y=positive("n k"), log_input=False, full=True),
)
add(
    "F.gaussian_nll_loss",
    Case(x=NK, y=NK, var=positive("n k")),
    Case(x=NK, y=NK, var=positive("n 1"), full=True),
)
add("F.binary_cross_entropy", Case(x=between(0, 1, "n k"), y=between(0, 1, "n k")))
add("F.binary_cross_entropy_with_logits", Case(x=NK, y=between(0, 1, "n k")))
add(
    "F.cross_entropy",
    Case(x=NK, y=index_into("x", axis=1, shape="n")),
    Case(x=NK, y=index_into("x", axis=1, shape="n"), label_smoothing=0.1),
)
add("F.cross_entropy", Case(x=NK, y=between(0, 1, "n k"), reduction="sum"))
add("F.nll_loss", Case(x=NK, y=index_into("x", axis=1, shape="n")))
add("F.multi_margin_loss", Case(x=NK, y=index_into("x", axis=1, shape="n")))
add("F.multilabel_margin_loss", Case(x=NK, y=index_into("x", axis=1, shape="n k")))
add("F.multilabel_soft_margin_loss", Case(x=NK, y=between(0, 1, "n k")))
add(
    "F.hinge_embedding_loss",
    Case(x=NK, y=NK),
    f=lambda x, y: functional.hinge_embedding_loss(x, y.detach().sign()),
)
add(
    "F.margin_ranking_loss",
    Case(x=K, y=K, margin=0.5),
    f=lambda x, y, margin: functional.margin_ranking_loss(x, y, torch.ones(1), margin=margin),
)
add(
    "F.cosine_embedding_loss",
    Case(x=NK, y=NK, margin=0.2),
    f=lambda x, y, margin: functional.cosine_embedding_loss(x, y, torch.ones(1), margin=margin),
)
add("F.triplet_margin_loss", Case(x=NK, y=NK, z=NK))
add(
    "F.ctc_loss",
    Case(x=real("5 2 4")),
    f=lambda x: functional.ctc_loss(x.log_softmax(-1), torch.tensor([[1, 2], [3, 1]]), (5, 5), (2, 2)),
)


# --- layers
add("F.linear", Case(x=NK, weight=real("m k"), bias=real("m")))
add("F.bilinear", Case(x=NK, y=real("n m"), weight=real("l k m"), bias=real("l")))
add("F.conv1d", Case(x=real("n c 7"), weight=real("o c 3"), bias=real("o"), stride=2, padding=1))
add("F.conv2d", Case(x=real("n c 5 6"), weight=real("o c 2 3"), bias=real("o"), padding=1, dilation=2))
add("F.conv3d", Case(x=real("n c 3 4 3"), weight=real("o c 2 2 2"), bias=real("o")))
add("F.conv_transpose1d", Case(x=real("n c 4"), weight=real("c o 3"), bias=real("o"), stride=2))
add("F.conv_transpose2d", Case(x=real("n c 3 4"), weight=real("c o 2 3"), bias=real("o")))
add("F.layer_norm", Case(x=real("n 4"), normalized_shape=(4,), weight=real("4"), bias=real("4")))
add("F.rms_norm", Case(x=real("n 4"), normalized_shape=(4,), weight=real("4")))
add(
    "F.group_norm",
    Case(x=real("n 4 l"), weight=real("4"), bias=real("4"), num_groups=2),
    f=lambda x, weight, bias, num_groups: functional.group_norm(x, num_groups, weight, bias),
)
add("F.instance_norm", Case(x=real("n c 5")))  # for two values the gradient is 0 up to rounding
add(
    "F.batch_norm",
    Case(x=real("n c"), weight=real("c"), bias=real("c")),
    f=lambda x, weight, bias: functional.batch_norm(x, None, None, weight, bias, training=True),
)
add("F.local_response_norm", Case(x=real("n c l"), size=2))
for name in ["avg_pool1d", "max_pool1d"]:
    add(f"F.{name}", Case(x=real("n c 7"), kernel_size=3, stride=2, padding=1))
for name in ["avg_pool2d", "max_pool2d"]:
    add(f"F.{name}", Case(x=real("n c 5 6"), kernel_size=2, stride=2))
add("F.avg_pool3d", Case(x=real("n c 4 4 4"), kernel_size=2))
add("F.max_pool3d", Case(x=real("n c 4 4 4"), kernel_size=2))
add("F.lp_pool1d", Case(x=real("n c 6"), norm_type=2.0, kernel_size=2))
add("F.lp_pool2d", Case(x=positive("n c 4 6"), norm_type=3.0, kernel_size=2))
for name in ["adaptive_avg_pool1d", "adaptive_max_pool1d"]:
    add(f"F.{name}", Case(x=real("n c 7"), output_size=3))
for name in ["adaptive_avg_pool2d", "adaptive_max_pool2d"]:
    add(f"F.{name}", Case(x=real("n c 5 4"), output_size=(3, 2)))
add("F.embedding", Case(index=index_into("weight", axis=0, shape="n"), weight=real("m k")))
add(
    "F.embedding_bag",
    Case(index=index_into("weight", axis=0, shape="n 3"), weight=real("m k"), mode="mean"),
    Case(index=index_into("weight", axis=0, shape="n 3"), weight=real("m k"), mode="max"),
)
add("F.scaled_dot_product_attention", Case(q=real("b n k"), k=real("b m k"), v=real("b m l")))
# The random numbers depend on the memory layout.
add("F.dropout", Case(x=NK, p=0.5), seeded=True, conventions={"depends-on-layout"})
add("F.gumbel_softmax", Case(x=NK), seeded=True)
