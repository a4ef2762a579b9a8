"""Settings of the test suite: the same program on a data folder and a fast server of its own."""

import os
from pathlib import Path

# Before anything reads the environment: tests never touch the data of an installation.
os.environ["GRIDPACT_HOME"] = os.environ.get("GRIDPACT_TEST_HOME") or str(
    Path(__file__).resolve().parents[3] / "var" / "test"
)
os.environ.setdefault("GRIDPACT_PG_FAST", "1")

from gridpact.config.settings import *
from gridpact.core import database

database.ensure_running()
DATABASES = database.django_databases()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
