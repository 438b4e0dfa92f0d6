"""Pages of the site that are made, not written."""
