"""NumPy's functions as operations, in the namespace `basic`; the folders are the chapters of its manual."""
