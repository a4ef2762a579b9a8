"""Sentences for what signing in and sending a request may be refused with."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "bad_credentials": _("User name or password is wrong."),
        "otp_required": _("This account needs the six-digit code of its authenticator app."),
        "otp_wrong": _("The authenticator code is wrong or was used already."),
        "locked": _("Too many failed sign-ins. Please wait %(minutes)s minutes and try again."),
        "csrf": _("The page was open too long. Please reload it and try again."),
        "bad_key": _("An Idempotency-Key has 1 to 100 visible ASCII characters."),
        "body_large": _("The request is larger than %(most)s MB."),
        "json_broken": _("The body is not valid JSON: %(why)s"),
        "form_broken": _("The body is not a valid form upload."),
        "username_taken": _("The username %(username)s is taken already."),
        "account_phone_wrong": _("%(given)s is no phone number."),
        "own_account": _("Not on your own account; another administrator has to do this."),
        "token_days": _("A token lasts 1 to %(most)s days."),
    }
)
