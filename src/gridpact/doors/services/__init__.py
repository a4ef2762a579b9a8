"""The verbs of the other doors."""

from gridpact.doors.services.boxes import Emptying, Slip, SlipsRefused, enter_box
from gridpact.doors.services.calls import Call, take_call
from gridpact.doors.services.chains import Paste, Reading, Saved, read_paste, save_chain
from gridpact.doors.services.hotlines import HotlineFile, export_status, load_hotline, told

__all__ = [
    "Call",
    "Emptying",
    "HotlineFile",
    "Paste",
    "Reading",
    "Saved",
    "Slip",
    "SlipsRefused",
    "enter_box",
    "export_status",
    "load_hotline",
    "read_paste",
    "save_chain",
    "take_call",
    "told",
]
