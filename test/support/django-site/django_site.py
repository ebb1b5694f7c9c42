"""A Django site's sessions without its web server.

Each line of standard input is a command with its arguments, as JSON; the answer to
it is one line of standard output.
"""

import json
import os
import sys
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from unittest import mock

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone


class OneDatabase:
    """Sends each query where the command at hand is for: `clearsessions` cannot say."""

    database = "default"

    def db_for_read(self, model, **hints):
        return OneDatabase.database

    db_for_write = db_for_read


def as_django_tells(text):
    """The time as `timezone.now()` tells it. Without an offset it is taken as it is."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if settings.USE_TZ or time.tzinfo is None:
        return time
    return time.astimezone().replace(tzinfo=None)


@contextmanager
def at(now):
    """Stops Django's clock at this instant."""
    with mock.patch.object(timezone, "now", return_value=as_django_tells(now)):
        yield


def session_store():
    return import_module(settings.SESSION_ENGINE).SessionStore


def migrate():
    """Creates the tables that are not there, of apps without migrations too."""
    call_command(
        "migrate",
        database=OneDatabase.database,
        run_syncdb=True,
        fake_initial=True,
        verbosity=0,
    )


def replace(rows):
    """Leaves these sessions in the table: pairs of a key and a time."""
    session = session_store().get_model_class()
    data = session_store()().encode({"a visitor": "was here"})
    session.objects.all().delete()
    session.objects.bulk_create(
        session(session_key=key, session_data=data, expire_date=as_django_tells(time))
        for key, time in rows
    )


def clearsessions(now):
    with at(now):
        call_command("clearsessions")


def save(now, expiries):
    """Saves a session for each expiry, as `set_expiry` takes it; returns their keys."""
    keys = []
    with at(now):
        for expiry in expiries:
            session = session_store()()
            session["saved_with"] = expiry
            session.set_expiry(expiry)
            session.save()
            keys.append(session.session_key)
    return keys


def load(now, keys):
    """What a request finds under each key: nothing where no session is alive."""
    with at(now):
        return [session_store()(key).load() for key in keys]


def exist(keys):
    """Whether the row is there, be the session alive or expired."""
    return [session_store()().exists(key) for key in keys]


def browse(**plan):
    """Sends browsers to the site; returns what they saw."""
    return import_module("browsers").browse(**plan)


COMMANDS = {
    command.__name__: command
    for command in (migrate, replace, clearsessions, save, load, exist, browse)
}


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"
    django.setup()
    for line in sys.stdin:
        request = json.loads(line)
        OneDatabase.database = request["database"]
        answer = COMMANDS[request["command"]](**request["arguments"])
        print(json.dumps(answer), flush=True)


main()
