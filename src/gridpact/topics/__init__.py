"""What many orders are about, and what resembles what is being placed."""
