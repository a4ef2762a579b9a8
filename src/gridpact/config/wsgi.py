"""The WSGI entry point that granian's workers load."""

import os

from django.core.wsgi import get_wsgi_application

from gridpact.core import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridpact.config.settings")
database.ensure_running()
application = get_wsgi_application()
