"""Scripts that show a fault without the kit: they import the framework of the function, and NumPy."""
