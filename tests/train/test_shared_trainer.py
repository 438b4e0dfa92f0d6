"""What ranks share out, agree about and refuse; they are threads here."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, InputError
from minigrad_ops_nn import MLP, Dropout
from minigrad_ops_nn.batch_share import BatchShare, uniform, use_share
from minigrad_ops_nn.normalization import batch_norm
from minigrad_ops_nn.optimizers import SGD
from minigrad_train import fit
from minigrad_train.cli.stopping import Interrupted, PendingInterrupt, SharedStopCheck
from minigrad_train.distributed.gradients import FlatGradients
from minigrad_train.distributed.launch import read_rank_and_size
from minigrad_train.distributed.ranks import Ranks
from minigrad_train.distributed.shared_trainer import scale_means
from minigrad_train.errors import DivergedError, EndedRun, RanksDifferError
from minigrad_train.hooks import Callbacks
from tests.train.thread_communicator import ThreadComm, run_on_ranks

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((17, 6)), RNG.integers(0, 3, 17)


def model_and_optimizer(seed: int = 0) -> tuple[MLP, SGD]:
    model = MLP([6, 4, 3], rng=np.random.default_rng(seed), dtype=np.float64)
    return model, SGD(model.parameters(), lr=0.1)


def train_model(comm: ThreadComm | None, seed: int = 0, **options: Any) -> dict[str, NDArray[Any]]:
    model, optimizer = model_and_optimizer(seed)
    given: dict[str, Any] = {"epochs": 2, "batch_size": 5, "rng": np.random.default_rng(seed)} | options
    fit(model, (X, Y), (X[:3], Y[:3]), optimizer=optimizer, comm=comm, **given)
    return model.state_dict()


def share(start: int, stop: int, total: int) -> BatchShare:
    return BatchShare(start, stop, total, counted=True, all_sum=lambda values: values)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, (0, 1)),
        ({"PMI_RANK": "1", "PMI_SIZE": "4"}, (1, 4)),
        ({"OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "3"}, (2, 3)),
        ({"SLURM_PROCID": "5", "SLURM_STEP_NUM_TASKS": "8", "SLURM_NTASKS": "8"}, (5, 8)),
        ({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1", "SLURM_NTASKS": "8"}, (0, 1)),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8"}, (0, 1)),  # the batch script itself
        ({"PMI_RANK": "0", "PMI_SIZE": "1", "SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "8"}, (0, 1)),
        ({"PMI_RANK": "x", "PMI_SIZE": ""}, (0, 1)),
    ],
)
def test_launchers_tell_rank_and_size(environ: dict[str, str], expected: tuple[int, int]) -> None:
    assert read_rank_and_size(environ) == expected


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
@pytest.mark.parametrize("total", [1, 4, 10])
def test_shares_are_those_of_array_split_and_an_empty_one_counts_nothing(ranks: int, total: int) -> None:
    order = RNG.permutation(total)
    parts = run_on_ranks(ranks, lambda comm: Ranks(comm).share(order))
    for part, expected in zip(parts, np.array_split(order, ranks), strict=True):
        assert isinstance(part, tuple)
        chosen, own = part
        assert own.count == len(expected)
        np.testing.assert_array_equal(chosen, expected if len(expected) else order[-1:])
        np.testing.assert_array_equal(order[own.start : own.stop], chosen)


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937])
@pytest.mark.parametrize("axis", [0, 1])
def test_draws_of_a_share_are_those_of_the_whole_batch(bits: Any, axis: int) -> None:
    def generator() -> np.random.Generator:
        rng = np.random.Generator(bits(3))
        rng.random(dtype=np.float32)  # half of 64 bits is left
        return rng

    shape = [3, 3]
    shape[axis] = 10
    whole_rng = generator()
    whole = uniform(tuple(shape), whole_rng)
    for start, stop in ((0, 3), (3, 7), (7, 10)):
        rng = generator()
        shape[axis] = stop - start
        with use_share(share(start, stop, 10)):
            part = uniform(tuple(shape), rng, axis)
        np.testing.assert_array_equal(part, np.take(whole, range(start, stop), axis))
        assert rng.random() == whole_rng.random()
        whole_rng = generator()
        uniform(whole.shape, whole_rng)


def test_second_derivatives_of_shared_batches_are_refused() -> None:
    x = mg.tensor(X, requires_grad=True)
    with pytest.raises(ArgumentError, match="no second derivatives; train on one rank"):
        mg.hvp(lambda x: batch_norm(x, share=share(0, 17, 34))[0].sum(), (x,), (X,))


def test_uneven_examples_have_no_common_statistics() -> None:
    with pytest.raises(InputError, match="7 values do not divide evenly among 3 examples"):
        share(0, 3, 9).count_in_batch(7)


@pytest.mark.parametrize("ranks", [1, 2, 3, 6])
def test_unseeded_models_and_orders_become_those_of_rank_0(ranks: int) -> None:
    found = run_on_ranks(ranks, lambda comm: train_model(comm, seed=comm.rank))
    expected = train_model(None, seed=0)
    for state in found:
        assert isinstance(state, dict)
        for name, value in state.items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-12, atol=1e-14)


def test_other_examples_or_settings_are_refused_on_all_ranks() -> None:
    for error in run_on_ranks(3, lambda comm: train_model(comm, batch_size=5 + (comm.rank == 2))):
        assert isinstance(error, RanksDifferError)
        assert str(error) == "rank 2 has batch_size 6, rank 0 has 5"


def test_loss_that_is_not_finite_on_one_rank_ends_all_and_names_it() -> None:
    def run(comm: ThreadComm) -> Any:
        model, optimizer = model_and_optimizer()
        x = X.copy()
        x[9] = np.nan  # the last example of the second batch
        return fit(model, (x, Y), optimizer=optimizer, epochs=1, batch_size=5, shuffle=False, comm=comm)

    for error in run_on_ranks(2, run):
        assert isinstance(error, DivergedError)
        cause = f"train inputs hold NaN or infinity in 1 of {len(X)} examples, first in 9"
        expected = f"the loss became nan on rank 1 after 5 examples: {cause}; leave those out, or fix them"
        assert str(error) == expected


def test_gradients_are_summed_by_dtype_and_stay_none_where_no_rank_has_one() -> None:
    def reduce(comm: ThreadComm) -> tuple[list[Any], list[float]]:
        half, single, double, never = (
            mg.Parameter(np.zeros(2, dtype)) for dtype in ("float16", "float32", "float64", "float32")
        )
        half.grad, double.grad = np.full(2, 0.5, np.float16), np.full(2, 0.25)
        if comm.rank == 1:
            single.grad = np.full(2, 3, np.float32)
        parameters = [half, single, double, never, half]
        notes = FlatGradients(parameters, notes=2).reduce(comm, (1.0, comm.rank))
        return [parameter.grad for parameter in parameters[:4]], notes

    for result in run_on_ranks(2, reduce):
        assert isinstance(result, tuple)
        (half, single, double, never), notes = result
        assert notes == [2.0, 1.0]
        assert (half.dtype, single.dtype, double.dtype) == (np.float16, np.float32, np.float64)
        assert (half[0], single[0], double[0], never) == (1, 3, 0.5, None)


def test_flat_arrays_are_made_once() -> None:
    def addresses(comm: ThreadComm) -> list[Any]:
        parameter = mg.Parameter(np.zeros(3))
        flat, found = FlatGradients([parameter], notes=0), []
        for _ in range(2):
            parameter.grad = np.ones(3)
            flat.reduce(comm, ())
            assert parameter.grad is not None
            found.append(parameter.grad.__array_interface__["data"])
        return found

    for found in run_on_ranks(2, addresses):
        assert isinstance(found, list)
        assert found[0] == found[1]


def test_large_gradients_are_summed_where_they_are() -> None:
    shape = 256, 512
    counted = np.arange(256 * 512, dtype=np.float32).reshape(shape)

    def reduce(comm: ThreadComm) -> tuple[bool, list[Any]]:
        plain, half, never = (mg.Parameter(np.zeros(shape, dtype)) for dtype in ("f4", "f2", "f4"))
        missing, turned = (mg.Parameter(np.zeros(shape, np.float32)) for _ in range(2))
        parameters = [plain, half, never, missing, turned]
        ones = np.ones(shape, np.float32)
        plain.grad, half.grad = ones, ones
        if comm.rank == 1:
            missing.grad = ones.copy()
        turned.grad = counted.copy() if comm.rank else np.asfortranarray(counted)
        FlatGradients(parameters, notes=0).reduce(comm, ())
        return plain.grad is ones, [parameter.grad for parameter in parameters]

    for result in run_on_ranks(2, reduce):
        assert isinstance(result, tuple)
        in_place, (plain, half, never, missing, turned) = result
        assert in_place
        assert (half.dtype, never) == (np.float16, None)
        for grad, expected in ((plain, 2), (half, 2), (missing, 1), (turned, 2 * counted)):
            np.testing.assert_array_equal(grad, np.broadcast_to(expected, shape))


def test_share_that_was_divided_is_whole_again() -> None:
    for count in range(1, 200):
        right = np.arange(count + 1)
        np.testing.assert_array_equal(scale_means((right / count).tolist(), count), right)
    assert scale_means([0.1], 3)[0] == 3 * 0.1


def stop_check(comm: ThreadComm) -> SharedStopCheck:
    return SharedStopCheck(PendingInterrupt(), Callbacks(), Ranks(comm))


def check_after_epoch(comm: ThreadComm, cause: str) -> None:
    """Check for a stop after an epoch; rank 1 has had a signal, or an end by a plugin."""
    own = stop_check(comm)
    if comm.rank == 1:
        if cause == "signal":
            own.interrupt.note_signal(15, None)
        if cause == "end":
            own.callbacks._ended.append(EndedRun("enough"))
    try:
        own.after_epoch()
    except Interrupted as interrupted:
        raise RuntimeError(interrupted.code) from None


@pytest.mark.parametrize(
    ("cause", "error", "message"), [("signal", RuntimeError, "143"), ("end", EndedRun, "enough")]
)
def test_cause_on_one_rank_ends_all(cause: str, error: type, message: str) -> None:
    for raised in run_on_ranks(2, lambda comm: check_after_epoch(comm, cause)):
        assert isinstance(raised, error)
        assert message in str(raised)


def test_signal_while_ranks_agree_is_not_lost() -> None:
    def run(comm: ThreadComm) -> int:
        own = stop_check(comm)
        allgather = comm.allgather

        def gather_and_signal(value: Any) -> list[Any]:
            values = allgather(value)
            own.interrupt.note_signal(15, None)
            return values

        comm.allgather = gather_and_signal  # type: ignore[method-assign]
        own.after_epoch()
        return own.interrupt.status

    assert run_on_ranks(2, run) == [143, 143]


def test_a_signal_to_one_rank_in_the_last_batch_is_known_to_all_at_the_end_of_the_epoch() -> None:
    def run(comm: ThreadComm, late: bool) -> bool:
        own = stop_check(comm)
        if comm.rank == 1 and not late:
            own.interrupt.note_signal(15, None)
        own.after_batch()  # the ranks have agreed to continue
        if comm.rank == 1 and late:
            own.interrupt.note_signal(15, None)
        with pytest.raises(Interrupted):
            own.after_epoch()
        return own.came_in_last_batch

    assert run_on_ranks(2, partial(run, late=False)) == [True, True]
    assert run_on_ranks(2, partial(run, late=True)) == [False, False]


def test_layers_that_draw_elsewhere_keep_their_own_shape() -> None:
    layer = Dropout(0.5, rng=np.random.default_rng(0))
    with use_share(share(0, 3, 9)):
        assert layer(np.ones((7, 2))).shape == (7, 2)
