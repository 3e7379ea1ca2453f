"""Django's settings, made from `mikomi.config`. Nothing here reads the environment by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from mikomi import config

_env = config.load()
ENVIRONMENT: str = _env["MIKOMI_ENV"]
PRODUCTION = ENVIRONMENT == "production"
DATA_DIR = _env["MIKOMI_DATA"]
PUBLIC_URL: str = _env["MIKOMI_URL"]
MAX_UPLOAD_BYTES: int = _env["MIKOMI_MAX_UPLOAD_MB"] * 1024 * 1024
MAIL_LISTEN: list[tuple[str, str, int]] = _env["MIKOMI_MAIL_LISTEN"]
MAIL_MAX_BYTES: int = _env["MIKOMI_MAIL_MAX_MB"] * 1024 * 1024
MAIL_CERTIFICATE: Path | None = _env["MIKOMI_MAIL_CERTIFICATE"]
CLAMD: str = _env["MIKOMI_CLAMD"]
KEEP_DELIVERIES = timedelta(days=_env["MIKOMI_KEEP_DELIVERIES_DAYS"])
FILES_STORE: dict[str, Any] = {}
if _env["MIKOMI_FILES"]:
    FILES_STORE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _env["MIKOMI_FILES"]["bucket"],
            "location": _env["MIKOMI_FILES"]["prefix"],
            "endpoint_url": _env["MIKOMI_FILES"].get("endpoint"),
            "region_name": _env["MIKOMI_FILES"].get("region"),
            "access_key": _env["MIKOMI_FILES_KEY"] or None,
            "secret_key": _env["MIKOMI_FILES_SECRET"] or None,
            "max_memory_size": 4_000_000,  # of one object that is read; the rest goes by way of the disk
            "file_overwrite": True,  # the name is the content's hash
            "default_acl": None,
            "querystring_auth": True,
        },
    }
ALLOW_PRIVATE_WEBHOOKS: bool = _env["MIKOMI_ALLOW_PRIVATE_WEBHOOKS"]
ALLOW_PRIVATE_PAGES: bool = _env["MIKOMI_ALLOW_PRIVATE_PAGES"]
TRUSTED_PROXIES: int = _env["MIKOMI_PROXIES"]

SECRET_KEY = _env["MIKOMI_SECRET_KEY"] or "development-only-never-in-production-0123456789"
DEBUG = _env["MIKOMI_DEBUG"]
ALLOWED_HOSTS = _env["MIKOMI_HOSTS"]
HTTPS: bool = _env["MIKOMI_HTTPS"] and PRODUCTION
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "mikomi.core.events",
    "mikomi.core.access",
    "mikomi.core.business",
    "mikomi.core.files",
    "mikomi.core.search",
    "mikomi.core.live",
    "mikomi.core.work",
    "mikomi.customers",
    "mikomi.outbox",
    "mikomi.promises",
    "mikomi.facts",
    "mikomi.commerce",
    "mikomi.conversations",
    "mikomi.feedback",
    "mikomi.channels",
    "mikomi.integrations",
    "mikomi.integrations.webhooks",
    "mikomi.playbook",
    "mikomi.screens",
    "mikomi.web",
    "mikomi.api",
    "mikomi.ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mikomi.web.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mikomi.api.idempotency.idempotency",
    "allauth.account.middleware.AccountMiddleware",
    "mikomi.web.middleware.business_frame",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "mikomi.urls"
ASGI_APPLICATION = "mikomi.asgi.application"
WSGI_APPLICATION = "mikomi.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [config.ROOT / "mikomi" / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "mikomi.web.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "mikomi.web.context.frame",
            ],
        },
    },
    {
        # Only for what third-party packages bring; our own pages are Jinja2 (docs/adr/0003).
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]


def _databases() -> dict[str, dict[str, Any]]:
    spec = _env["MIKOMI_DATABASE"]
    if spec["engine"] == "sqlite":
        return {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": DATA_DIR / spec["name"],
                "CONN_MAX_AGE": None,
                # Measured in docs/adr: without IMMEDIATE most concurrent writes fail.
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 5,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;"
                    " PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;",
                },
                "TEST": {"NAME": None},
            }
        }
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": spec["name"],
            "USER": spec["user"],
            "PASSWORD": spec["password"],
            "HOST": spec["host"],
            "PORT": spec["port"],
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    }


DATABASES = _databases()
# In the database, so that the limits of sign-in hold across processes. Used for little else.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["mikomi.core.access.backend.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if ENVIRONMENT == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "mikomi.web.errors.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "mikomi.web.account.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "mikomi.web.account.adapter.MFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = (
    True  # staff are added by an owner; nobody signs up with an address that is not theirs
)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mikomi"

LANGUAGES = [("ja", "日本語"), ("en", "English")]
LANGUAGE_CODE = _env["MIKOMI_LANGUAGE"]
LOCALE_PATHS = [config.ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed in UTC; shown in the zone of the business
DEFAULT_BUSINESS_ZONE: str = _env["MIKOMI_TIME_ZONE"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "mikomi.web.assets.BundleFinder",  # one style sheet and one script, joined from small files
]
WHITENOISE_MAX_AGE = 31536000 if PRODUCTION else 0
WHITENOISE_USE_FINDERS = (
    not PRODUCTION
)  # production serves what `mikomi upgrade` has collected, hashed and compressed
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

SESSION_ENGINE = "mikomi.core.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_TEMP_DIR = None
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "mikomi.core.logs.formatter", "style": _env["MIKOMI_LOG_FORMAT"]}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": _env["MIKOMI_LOG"].upper()},
    "loggers": {"django.request": {"level": "ERROR"}, "httpx": {"level": "WARNING"}},
}
