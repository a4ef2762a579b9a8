"""What public pages draw: cards, the parcel view of an order, cells of the map. No queries here."""
