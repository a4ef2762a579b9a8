"""Orders by words: the index, finding, what was found, and solved orders like one at hand."""
