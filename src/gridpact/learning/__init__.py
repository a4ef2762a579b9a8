"""What decided orders teach: suggestions that point at an answer and never give it."""
