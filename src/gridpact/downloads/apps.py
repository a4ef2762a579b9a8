"""App registration of downloads."""

from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    """Exports made in the background."""

    name = "gridpact.downloads"
    label = "downloads"
