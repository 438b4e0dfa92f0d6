"""Recurrent networks: one step (`..._cell`), or a whole sequence in one operation."""

from .gru import gru, gru_cell
from .lstm import lstm, lstm_cell
from .rnn import rnn, rnn_cell

__all__ = ["gru", "gru_cell", "lstm", "lstm_cell", "rnn", "rnn_cell"]
