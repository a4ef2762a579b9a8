"""Messages to people: an outbox written in the verb's transaction, delivered by the worker."""
