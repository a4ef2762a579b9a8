"""Django settings. What an operator may change comes from the environment (`.env` is read)."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from gridpact.core import database, paths, secrets

paths.read_env_file()

PACKAGE_DIR = Path(__file__).resolve().parent.parent
HOME = paths.home()


def _flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEBUG = _flag("GRIDPACT_DEBUG")
SECRET_KEY = secrets.secret_key(HOME)
FIELD_KEY = secrets.field_key(HOME)
ALLOWED_HOSTS = _list("GRIDPACT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("GRIDPACT_TRUSTED_ORIGINS", "")
DISTRICT = os.environ.get("GRIDPACT_DISTRICT", "450312")
NUMBER_PREFIX = os.environ.get("GRIDPACT_NUMBER_PREFIX", "LG")
TIANDITU_KEY = os.environ.get("GRIDPACT_TIANDITU_KEY", "")
# The number that residents may call; empty hides it.
HOTLINE = os.environ.get("GRIDPACT_HOTLINE", "12345")
# Addresses whose public writes are not rate limited, e.g. the machine itself or a kiosk hall.
RATE_EXEMPT = _list("GRIDPACT_RATE_EXEMPT", "127.0.0.1,::1")
# Reverse proxies whose X-Forwarded-For header is believed.
TRUSTED_PROXIES = _list("GRIDPACT_TRUSTED_PROXIES", "127.0.0.1,::1")
PUBLIC_WRITES_PER_MINUTE = int(os.environ.get("GRIDPACT_PUBLIC_WRITES_PER_MINUTE", "30"))
HTTPS = _flag("GRIDPACT_HTTPS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "gridpact.accounts",  # before allauth: its pages win
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    "gridpact.core",
    "gridpact.audit",
    "gridpact.ui",
    "gridpact.notify",
    "gridpact.downloads",
    "gridpact.grid",
    "gridpact.clocks",
    "gridpact.orgs",
    "gridpact.networks",
    "gridpact.orders",
    "gridpact.routing",
    "gridpact.learning",
    "gridpact.topics",
    "gridpact.doors",
    "gridpact.supervision",
    "gridpact.honesty",
    "gridpact.duties",
    "gridpact.notices",
    "gridpact.reports",
    "gridpact.web",
    "gridpact.demo",
]

MIDDLEWARE = [
    "gridpact.web.middleware.DatabaseAwayMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gridpact.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gridpact.web.middleware.PagesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gridpact.web.middleware.OneTreeMiddleware",
    "gridpact.web.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]
# Around pages only: a call of the API answers JSON and pays for none of them.
PAGE_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "gridpact.config.urls"
WSGI_APPLICATION = "gridpact.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gridpact.web.context.shell",
            ],
            "builtins": ["gridpact.ui.templatetags.ui"],
        },
    }
]

DATABASES = database.django_databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/work"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "gridpact.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # django-axes counts failures in the database, across processes
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {  # wrong codes count towards the lock
    "authenticate": "gridpact.accounts.forms.AuthenticateForm",
    "reauthenticate": "gridpact.accounts.forms.ReauthenticateForm",
}
MFA_TOTP_ISSUER = "GridPact"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "gridpact.accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = None
AXES_CLIENT_IP_CALLABLE = "gridpact.core.net.client_address"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = int(os.environ.get("GRIDPACT_IDLE_MINUTES", "60")) * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_IMAGES = [SELF, "data:", "blob:"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [*_IMAGES, "https://*.tianditu.gov.cn"] if TIANDITU_KEY else _IMAGES,
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [
    ("tabler", paths.frontend_dir() / "@tabler/core/dist"),
    ("htmx", paths.frontend_dir() / "htmx.org/dist"),
    ("leaflet", paths.frontend_dir() / "leaflet/dist"),
]
ICON_DIR = paths.frontend_dir() / "@tabler/icons/icons"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gridpact.ui.storage.StaticStorage"},
}
MEDIA_ROOT = HOME / "files"
MEDIA_URL = "/files/"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
UPLOAD_MAX_BYTES = 20 * 1024 * 1024

EXPORTS = "gridpact.config.wiring.EXPORTS"
EVENT_WIRING = "gridpact.config.wiring.SUBSCRIBERS"
ACTOR_LOADER = "gridpact.orgs.selectors.actor_for"
ORDER_ROUTER = "gridpact.routing.router.ROUTER"
AUDIENCE_RULES = "gridpact.config.wiring.AUDIENCES"
CHAIN_PEOPLE = "gridpact.config.wiring.CHAIN_PEOPLE"
CELL_FIGURES = "gridpact.config.wiring.CELL_FIGURES"
CELL_LINES = "gridpact.config.wiring.CELL_LINES"
CELL_TODAY = "gridpact.config.wiring.CELL_TODAY"
CELL_GAPS = "gridpact.config.wiring.CELL_GAPS"
CELL_CARDS = "gridpact.config.wiring.CELL_CARDS"
MAP_LAYERS = "gridpact.config.wiring.MAP_LAYERS"
REDRAW_DEPENDENTS = "gridpact.config.wiring.REDRAW_DEPENDENTS"
CELL_MOVED = "gridpact.config.wiring.CELL_MOVED"
TRIAGE_HINTS = "gridpact.config.wiring.TRIAGE_HINTS"
INTAKE_HINTS = "gridpact.config.wiring.INTAKE_HINTS"
ORDER_CARDS = "gridpact.config.wiring.ORDER_CARDS"
CLOCKED = "gridpact.orders.services.clock.recounting.CLOCKED"
APPEND_SLASH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GRIDPACT_LOG_LEVEL", "WARNING")},
}
