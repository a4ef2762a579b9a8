"""The territory: the dated tree of cells, posts and holders, locating, the working calendar."""
