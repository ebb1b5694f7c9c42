"""The settings are those that the environment holds, as JSON."""

import json
import os

SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "browsers"
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
INSTALLED_APPS = ["django.contrib.sessions"]
DATABASE_ROUTERS = ["__main__.OneDatabase"]

globals().update(json.loads(os.environ["SITE_SETTINGS"]))
