"""A session model with columns of its own, in a table that the settings name."""

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class AuditedSession(AbstractBaseSession):
    account_id = models.IntegerField(null=True, db_index=True)
    note = models.CharField(max_length=100, default="none")

    class Meta:
        db_table = settings.AUDITED_SESSIONS_TABLE

    @classmethod
    def get_session_store_class(cls):
        return SessionStore


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        return AuditedSession
