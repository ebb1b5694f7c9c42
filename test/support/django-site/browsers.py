"""Browsers that come back to a site just when their sessions expire, and what becomes of them."""
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
    # It is saved after this, and so expires no earlier.
    alive_until = time.time() + request.session.get_expiry_age()
    return JsonResponse({"visits": visits, "loaded_at": loaded_at, "alive_until": alive_until})


def leave(request):
    request.session.flush()
    return JsonResponse({})


urlpatterns = [path("visit", visit), path("leave", leave)]


class Browser:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.client = Client()
        self.visits = 0
        self.alive_until = 0
        self.seen = Counter()

    def browse(self, seconds):
        ends_at = time.time() + seconds
        while time.time() < ends_at:
            if self.visits and self.chance.random() < 0.08:
                self.leave()
            else:
                self.visit(seconds=self.chance.choice([0.03, 0.3]) * self.chance.random())
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
        elif answer["loaded_at"] < self.alive_until:
            self.seen["lost"] += 1
        else:
            self.seen["late"] += 1
        self.visits = answer["visits"]
        self.alive_until = answer["alive_until"]

    def session(self):
        return {self.client.cookies[settings.SESSION_COOKIE_NAME].value: self.visits} if self.visits else {}


def browse(seconds, browsers, seed):
    """Lets so many browsers visit the site for so long, each with a connection of its own to the database."""
    crowd = [Browser(f"{seed}.{number}") for number in range(browsers)]
    with ThreadPoolExecutor(browsers) as pool:
        list(pool.map(lambda browser: browser.browse(seconds), crowd))
    alive = {}
    for browser in crowd:
        alive.update(browser.session())
    return {"counts": sum((browser.seen for browser in crowd), Counter()), "alive": alive}
