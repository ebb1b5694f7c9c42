"""Django's own `manage.py clearsessions`, of a site that is nothing but sessions."""

import json
import os

import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    DATABASES={"default": json.loads(os.environ["BENCH_DATABASE"])},
    INSTALLED_APPS=["django.contrib.sessions"],
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()
call_command("clearsessions")
