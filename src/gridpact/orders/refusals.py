"""Sentences for what verbs on orders refuse, and for the messages they send."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.notify.texts import register_texts

register_refusals(
    {
        "wrong_state": _("“%(verb)s” is not possible while the order is %(state)s."),
        "unknown_move": _("There is no move “%(verb)s”."),
        "missing": _("%(field)s is required."),
        "unknown_class": _("Class “%(given)s” is unknown; expected one of %(allowed)s."),
        "unknown_satisfaction": _("“%(given)s” is unknown; expected one of %(allowed)s."),
        "slots_range": _("Places must be between 1 and %(most)s, not %(given)s."),
        "until_past": _("The end of the offer lies in the past."),
        "only_easy": _("Only easy matters go into the claim hall; this one is classed %(klass)s."),
        "one_target": _("Name exactly one receiver: a post or an organisation."),
        "unknown_target": _("No active receiver: %(field)s %(given)s."),
        "no_place_left": _("All places are taken."),
        "offer_over": _("The offer has ended."),
        "claimed_already": _("You have already taken a place."),
        "not_claimed": _("You have not claimed this order."),
        "returned_already": _("You have returned this order once already."),
        "release_instead": _("A claimed order is given back to the hall, not returned."),
        "no_proof": _("Finishing needs proof: at least one photo or document."),
        "unknown_upload": _("Upload %(given)s is unknown, already used, or not yours."),
        "rating_over": _("Rating ends %(days)s days after verification."),
        "rated_already": _("This result has been rated already."),
        "solved_already": _("This matter is solved already; please place a new order."),
        "mark_range": _("%(field)s is a number from 1 to 5, not %(given)s."),
        "photo_after_missing": _("Outdoors at least one photo of the result is needed."),
        "redone_already": _("The order was done again once; it goes to supervision now."),
        "text_missing": _("Please say what it is about."),
        "text_long": _("The text has %(given)s characters; at most %(most)s fit."),
        "place_missing": _("Please say where: a point on the map, an address or a cell."),
        "contact_missing": _("Please leave a phone number, or place the order anonymously."),
        "phone_wrong": _("“%(given)s” is not a phone number."),
        "point_wrong": _("The point is not a place: longitude %(lon)s, latitude %(lat)s."),
        "datum_wrong": _("Datum “%(given)s” is unknown; expected wgs84, gcj02 or bd09."),
        "kind_wrong": _("Kind “%(given)s” is unknown; expected one of %(allowed)s."),
        "bad_character": _("%(field)s contains characters that are not text."),
        "too_many_photos": _("At most %(most)s photos."),
        "category_code_taken": _("The code %(code)s already belongs to another category."),
        "category_deep": _("Categories have two levels: a service area, and matters below it."),
        "future_date": _("This date lies in the future."),
        "code_wrong": _("Number and code do not fit together."),
        "file_kind": _("“%(name)s” is not a photo or PDF we can read."),
        "file_large": _("“%(name)s” is larger than %(most)s MB."),
        "file_empty": _("“%(name)s” is empty."),
        "picture_large": _("“%(name)s” has too many pixels."),
    }
)

register_texts(
    {
        "order_opened": _("New order %(number)s in %(cell)s: %(title)s"),
        "order_dispatched": _("%(number)s was dispatched to you: %(title)s"),
        "order_offered": _("%(number)s is in the claim hall: %(title)s"),
        "order_returned": _("%(number)s was returned: %(title)s"),
        "order_claimed": _("%(number)s was taken on: %(title)s"),
        "order_done": _("%(number)s is done and waits for verification: %(title)s"),
        "order_failed": _("%(number)s did not pass verification: %(title)s"),
        "order_rated": _("%(number)s was rated: %(title)s"),
        "order_handed_over": _("%(number)s was handed over to you: %(title)s"),
        "order_back_at_desk": _("%(number)s is back at the desk, nobody holds the post: %(title)s"),
        "order_redo": _("%(number)s must be done again: %(title)s"),
        "order_told": _("Your order %(number)s moved on: %(title)s"),
    }
)
