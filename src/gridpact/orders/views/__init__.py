"""Pages about orders for signed-in people; each parses, calls one verb or read, and renders."""
