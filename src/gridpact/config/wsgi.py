"""The WSGI entry point that granian's workers load."""

import os

from django.core.wsgi import get_wsgi_application

from gridpact.core import database, paths

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridpact.config.settings")
paths.read_env_file()
database.ensure_running()
application = get_wsgi_application()
