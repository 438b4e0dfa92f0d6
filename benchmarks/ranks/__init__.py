"""Training on several ranks: what it takes, what it would take on more, and whether to overlap."""
