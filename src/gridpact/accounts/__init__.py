"""People who sign in: users, API tokens, sessions that end, lock-out."""
