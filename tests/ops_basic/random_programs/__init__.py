"""Random programs of basic operations, and what judges their derivatives."""
