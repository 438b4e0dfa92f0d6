"""Generators of the site's generated pages."""
