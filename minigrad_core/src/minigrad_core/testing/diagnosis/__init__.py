"""The likely cause of a wrong result, in one line: the first cause that gives these very values."""
