"""Train on several processes, the ranks of MPI: each computes its share of every batch."""
