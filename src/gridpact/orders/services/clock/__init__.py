"""The clocks of orders: marks and cards, waiting, more time, counting anew."""
