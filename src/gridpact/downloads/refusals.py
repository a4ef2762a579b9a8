"""Sentences of downloads: what is refused, why a file failed, and the messages in the bell."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.notify.texts import register_texts

register_refusals(
    {
        "unknown_export": _("There is no export “%(given)s”."),
        "download_running": _("This file is being made already; see “My downloads”."),
        "download_reason": _("Please say what the file is for."),
        "download_not_ready": _("This file is not there (any more)."),
        "download_ended": _("This download has ended already."),
        "download_disk": _("The disk of the server is full. Please tell the administrator."),
        "download_stopped": _("The server was stopped while writing. Please ask again."),
        "download_right": _("The right to export was lost before the file was written."),
        "download_broken": _("The file could not be written. Please tell the administrator."),
    }
)

register_texts(
    {
        "download_ready": _("Your file is ready: %(label)s"),
        "download_failed": _("Your file could not be made: %(label)s"),
    }
)
