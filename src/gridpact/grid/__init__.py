"""The territory: the tree of cells, posts and who holds them, locating a place, the working calendar."""
