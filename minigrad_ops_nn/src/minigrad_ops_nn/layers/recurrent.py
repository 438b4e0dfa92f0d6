"""Recurrent layers."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Tensor
from minigrad_core.errors import InputError

from .. import recurrent
from .construction import check_probability, check_sizes, draw_parameter, make_generator
from .dropout import apply_dropout


class Recurrent(Module):
    """A recurrent network over a sequence; forward returns (outputs, last state), as in PyTorch.

    `LSTM` documents the settings.
    """

    gates: ClassVar[int]
    states: ClassVar[int] = 1
    operation: ClassVar[Any]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_sizes(self, input_size=input_size, hidden_size=hidden_size)
        check_sizes(self, least=1, num_layers=num_layers)
        rng = make_generator(rng)
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.batch_first, self.bidirectional = batch_first, bidirectional
        self.dropout, self._rng = check_probability(type(self).__name__, dropout), rng
        self.settings: dict[str, Any] = {}
        self._suffixes = ("", "_reverse") if bidirectional else ("",)
        width = self.gates * hidden_size
        for layer in range(num_layers):
            features = hidden_size * len(self._suffixes) if layer else input_size
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (features, width),
                "weight_hh": (hidden_size, width),
            }
            shapes |= {"bias_ih": (width,), "bias_hh": (width,)} if bias else {}
            for suffix in self._suffixes:
                for name, shape in shapes.items():
                    parameter = draw_parameter(shape, max(hidden_size, 1) ** -0.5, rng, dtype)
                    setattr(self, f"{name}_l{layer}{suffix}", parameter)

    def forward(self, x: Array, state: Any = None) -> tuple[Tensor, Any]:
        """Return the outputs (time, batch, k) for x (time, batch, input_size), and the last state.

        state: h (layers * directions, batch, hidden_size), or the pair (h, c) for an LSTM; zeros by default.
        """
        xs: Any = x.swapaxes(0, 1) if self.batch_first else x
        initial = self._initial_states(xs, state)
        lasts: list[tuple[Any, ...]] = []
        for layer in range(self.num_layers):
            directions = []
            for suffix in self._suffixes:
                outputs, last = self._run(xs, initial[len(lasts)], f"_l{layer}{suffix}", reverse=suffix != "")
                directions.append(outputs)
                lasts.append(last)
            xs = _concatenate(directions, axis=-1)
            if self.training and layer < self.num_layers - 1:
                xs = apply_dropout(xs, self.dropout, self._rng, axis=1)
        last_states = tuple(_concatenate(list(states), axis=0) for states in zip(*lasts, strict=True))
        outputs = xs.swapaxes(0, 1) if self.batch_first else xs
        return outputs, last_states if self.states > 1 else last_states[0]

    def extra_repr(self) -> str:
        shown = [f"{self.input_size}, {self.hidden_size}"]
        shown += [f"num_layers={self.num_layers}"] if self.num_layers > 1 else []
        shown += [f"dropout={self.dropout}"] if self.dropout else []
        shown += [f"{name}={value}" for name, value in self.settings.items()]
        shown += [name + "=True" for name in ("batch_first", "bidirectional") if getattr(self, name)]
        return ", ".join(shown)

    def _initial_states(self, xs: Any, state: Any) -> list[tuple[Any, ...]]:
        """Return the initial state of each layer and direction."""
        count = self.num_layers * len(self._suffixes)
        if xs.ndim != 3 or xs.shape[2] != self.input_size:
            order = "(batch, time, {})" if self.batch_first else "(time, batch, {})"
            raise InputError(
                f"{type(self).__name__} expected x {order.format(self.input_size)}, got an x of shape "
                f"{xs.swapaxes(0, 1).shape if self.batch_first and xs.ndim > 1 else xs.shape}; "
                "batch_first=True exchanges the first two axes"
            )
        if state is None:
            zero = np.zeros((xs.shape[1], self.hidden_size), xs.dtype)
            return [(zero,) * self.states] * count
        states = state if self.states > 1 else (state,)
        shape = (count, xs.shape[1], self.hidden_size)
        if len(states) != self.states or any(s.shape != shape for s in states):
            raise InputError(
                f"{type(self).__name__} expected {self.states} state(s) of shape {shape}, "
                f"got {[s.shape for s in states]}"
            )
        return [tuple(s[i] for s in states) for i in range(count)]

    def _run(self, xs: Any, first: tuple[Any, ...], suffix: str, *, reverse: bool) -> tuple[Any, Any]:
        """Return the outputs of one layer in one direction, and its last state (1, n, k)."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        weights = [getattr(self, name + suffix) for name in names if hasattr(self, name + suffix)]
        result = self.operation(xs[::-1] if reverse else xs, *first, *weights, **self.settings)
        outputs, *others = result if isinstance(result, tuple) else (result,)
        last = (outputs[-1:], *(other[None] for other in others))
        return (outputs[::-1] if reverse else outputs), last


def _concatenate(parts: list[Any], axis: int) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=axis)


class RNN(Recurrent):
    """A recurrent network over x: (time, batch, input_size) -> (outputs, last h), as in PyTorch.

    h' = nonlinearity(x weight_ih + bias_ih + h weight_hh + bias_hh), with "tanh" or "relu". The shapes and
    the other settings are those of `LSTM`.
    """

    gates = 1
    operation = recurrent.rnn

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        nonlinearity: Literal["tanh", "relu"] = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers=num_layers,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            bidirectional=bidirectional,
            rng=rng,
            dtype=dtype,
        )
        self.settings = {"nonlinearity": nonlinearity}


class GRU(Recurrent):
    """A GRU over x: (time, batch, input_size) -> (outputs, last h), as in PyTorch.

    The shapes and the settings are those of `LSTM`; `minigrad ops nn::gru_cell` shows the equations.
    """

    gates = 3
    operation = recurrent.gru


class LSTM(Recurrent):
    """An LSTM over x: (time, batch, input_size) -> (outputs, (last h, last c)), as in PyTorch.

    outputs: (time, batch, hidden_size), twice as wide with `bidirectional`; with `batch_first` x and the
    outputs are (batch, time, ...). Without `batch_first` the layer cannot detect an x whose first axis is
    the batch, and treats the batch as time. `minigrad ops nn::lstm_cell` shows the equations.

    Parameters
    ----------
    input_size, hidden_size : int
        The numbers of features of the input and of the state.
    num_layers : int
        The number of layers; each reads the outputs of the layer before it.
    bias : bool
        Whether the layer has biases, two for each layer and direction, as in PyTorch.
    batch_first : bool
        Whether x and the outputs are (batch, time, features).
    dropout : float
        The probability that a value is dropped between two layers, in training mode.
    bidirectional : bool
        Whether a second network reads the sequence backwards; the outputs of both are concatenated.
    rng : numpy.random.Generator, optional
        Draws the parameters, uniform on [-1, 1) / sqrt(hidden_size), and the masks; a fresh one by default.
    dtype : dtype
        The dtype of the parameters. They have PyTorch's names (weight_ih_l0, ...); matrices are transposed.

    Raises
    ------
    ArgumentError
        There are no layers, or the dropout is not a probability.

    Examples
    --------
    >>> outputs, (h, c) = LSTM(4, 8, batch_first=True)(np.zeros((2, 5, 4), np.float32))
    >>> outputs.shape, h.shape
    ((2, 5, 8), (1, 2, 8))
    """

    gates = 4
    states = 2
    operation = recurrent.lstm
