"""Browsers that come back to a site just when their sessions expire."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connections
from django.http import JsonResponse
from django.test import Client
from django.urls import path

FORTNIGHT = 14 * 86_400


def visit(request):
    """Counts the visits of a session: loads it, takes its time, and has it saved."""
    visits = request.session.get("visits", 0) + 1
    loaded_at = time.time()
    time.sleep(float(request.GET["seconds"]))
    request.session["visits"] = visits
    if "remember" in request.GET:
        request.session.set_expiry(FORTNIGHT)
    done_at = time.time()
    return JsonResponse(
        {
            "visits": visits,
            "loaded_at": loaded_at,
            "done_at": done_at,
            # It is saved after this, and so expires no earlier.
            "alive_until": done_at + request.session.get_expiry_age(),
        }
    )


def leave(request):
    request.session.flush()
    return JsonResponse({})


urlpatterns = [path("visit", visit), path("leave", leave)]


class Browser:
    """A visitor who knows how often, and until when, the site should know them."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.client = Client()
        self.key = None
        self.visits = 0
        self.alive_until = 0
        self.seen = Counter()

    def browse(self, seconds):
        ends_at = time.time() + seconds
        while time.time() < ends_at:
            if self.visits and self.chance.random() < 0.08:
                self.leave()
            else:
                self.visit(
                    seconds=self.chance.choice([0.03, 0.3]) * self.chance.random()
                )
            comes_back_at = self.alive_until - 0.06 * self.chance.random()
            time.sleep(max(0, comes_back_at - time.time()))
        self.visit(seconds=0, remember=True)
        connections.close_all()

    def leave(self):
        self.client.get("/leave")
        self.seen["flushed"] += 1
        self.visits = 0
        self.alive_until = 0

    def visit(self, **query):
        response = self.client.get("/visit", query)
        if response.status_code == 400:
            self.seen["interrupted"] += 1
            self.seen["interrupted_alive"] += time.time() < self.alive_until
            self.visits = 0
            return
        answer = response.json()
        if answer["visits"] == self.visits + 1:
            self.seen["renewed" if self.visits else "created"] += 1
            if self.visits and self.alive_until < answer["done_at"]:
                self.seen["outlasted"] += 1
        elif answer["loaded_at"] < self.alive_until:
            self.seen["lost"] += 1
        else:
            self.seen["late"] += 1
        self.visits = answer["visits"]
        self.alive_until = answer["alive_until"]
        self.key = self.client.cookies[settings.SESSION_COOKIE_NAME].value


def browse(seconds, browsers, seed):
    """Lets browsers visit, each in a thread and with a connection of its own."""
    crowd = [Browser(f"{seed}.{number}") for number in range(browsers)]
    with ThreadPoolExecutor(browsers) as pool:
        list(pool.map(lambda browser: browser.browse(seconds), crowd))
    return {
        "counts": sum((browser.seen for browser in crowd), Counter()),
        "alive": {browser.key: browser.visits for browser in crowd if browser.visits},
    }
