"""Orders: intake, triage, dispatch, claim, handling, verification, rating — one table of moves."""
