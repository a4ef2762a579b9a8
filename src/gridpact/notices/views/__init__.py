"""Public pages: home, placing, following, board, map."""
