"""Scripts and styles of an archive, taken apart by their syntax, in a process of their own."""
