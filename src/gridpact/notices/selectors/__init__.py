"""Public reads: the board, one order as its resident or anybody sees it, the territory."""
