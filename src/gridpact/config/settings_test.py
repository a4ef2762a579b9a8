"""Settings of the test suite: the same program, faster hashing and plain static files."""

from gridpact.config.settings import *  # noqa: F403 - the test settings are the settings plus these lines

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
