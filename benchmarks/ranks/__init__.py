"""Training on several ranks: measured times, predicted times for more ranks, and the effect of overlap."""
