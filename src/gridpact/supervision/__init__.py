"""The supervision desk: what is late or under a card, leaders' instructions, the weekly list."""
