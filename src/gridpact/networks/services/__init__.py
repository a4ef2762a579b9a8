"""The verbs on department networks."""

from gridpact.networks.services.fused import fused, refresh
from gridpact.networks.services.load import load_features, load_table
from gridpact.networks.services.officers import officers_at
from gridpact.networks.services.reading import report_of, reports
from gridpact.networks.services.save import save_network

__all__ = [
    "fused",
    "load_features",
    "load_table",
    "officers_at",
    "refresh",
    "report_of",
    "reports",
    "save_network",
]
