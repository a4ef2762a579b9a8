"""The other doors of intake: chain texts, the suggestion box, the hotline; all end in orders."""
