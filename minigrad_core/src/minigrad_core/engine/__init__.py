"""The computation graph (`node`), and the reverse sweep over it (`backward`)."""
