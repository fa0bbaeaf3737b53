"""What an API tester must know of OneTrip beyond its documents: who signs in where, and that a key is fresh each time.

Loaded by `schemathesis.toml`. The address of the system is in ONETRIP_BASE; names and passwords are those of the test city.
"""

import http.client
import itertools
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import schemathesis

BASE = os.environ["ONETRIP_BASE"]
HALL = "north"
KIOSK_KEY = "test-kiosk-key-north-0001"
CLERK = ("clerk-1", "correct-horse-battery-1")
OPERATOR = ("operator-north", "correct-horse-battery-staple")


class FromElsewhere(urllib.request.HTTPHandler):
    """Asks from another address: wrong passwords are counted by address, and the tester sends many."""

    def http_open(self, request):
        return self.do_open(self.connection, request)

    @staticmethod
    def connection(host, **options):
        return http.client.HTTPConnection(host, source_address=("127.0.0.2", 0), **options)


def ask(method, path, body=None, headers=None):
    """The JSON that an operation answers."""
    request = urllib.request.Request(
        BASE + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4()), **(headers or {})},
    )
    with urllib.request.build_opener(FromElsewhere).open(request, timeout=30) as answer:
        return json.load(answer)


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def kiosk_token():
    """The device token that a kiosk gets, as a cookie, when it is enrolled."""
    try:
        urllib.request.build_opener(StayHere).open(f"{BASE}/kiosk/{HALL}/enrol?key={KIOSK_KEY}", timeout=30)
    except urllib.error.HTTPError as answer:
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            if name == "kiosk":
                return value
    raise RuntimeError("The kiosk was not enrolled")


def staff_token(person):
    return ask("POST", "/api/v1/queue/sessions", {"staff": person[0], "password": person[1]})["token"]


def contact_token(phone):
    """Proves a phone with the code that the demo shows."""
    verification = ask("POST", "/api/v1/verifications", {"phone": phone})["id"]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for message in ask("GET", "/api/v1/live/demo-messages?phone=" + phone)["items"]:
            code = next((word for word in message_words(message) if len(word) == 6 and word.isdigit()), None)
            if code:
                answer = ask("POST", f"/api/v1/verifications/{verification}/confirmation", {"code": code})
                return answer["contactToken"]
        time.sleep(0.05)
    raise RuntimeError("No code came to the demo phone")


def message_words(message):
    text = "".join(character if character.isascii() and character.isdigit() else " " for character in message["text"])
    return text.split()


@schemathesis.auth(refresh_interval=None).apply_to(path="/api/v1/appointments")
class Citizen:
    """Several people, because one person has one live booking per service."""

    phones = [f"1390000{number:04}" for number in range(8)]
    tokens = {}
    turn = itertools.count()

    def get(self, case, context):
        phone = self.phones[next(self.turn) % len(self.phones)]
        if phone not in self.tokens:
            self.tokens[phone] = contact_token(phone)
        return self.tokens[phone]

    def set(self, case, data, context):
        case.headers["Authorization"] = "Bearer " + data


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/api/v1/queue/(halls/|sessions)")
class Desk:
    """The kiosk, a clerk or an operator of the hall, whoever may do it."""

    tokens = {}

    def get(self, case, context):
        path = context.operation.path
        if path.endswith("/sessions"):
            # Signing out ends the session, so each time is another one.
            return staff_token(CLERK) if context.operation.method.lower() == "delete" else None
        if path.endswith(("/tickets", "/check-ins")):
            return self.kept("kiosk", kiosk_token)
        if path.endswith("/log"):
            return self.kept("operator", lambda: staff_token(OPERATOR))
        return self.kept("clerk", lambda: staff_token(CLERK))

    def kept(self, name, make):
        if name not in self.tokens:
            self.tokens[name] = make()
        return self.tokens[name]

    def set(self, case, data, context):
        if data is not None:
            case.headers["Authorization"] = "Bearer " + data


@schemathesis.hook
def before_call(context, case, kwargs):
    """A client makes a new Idempotency-Key per intention; examples and generators repeat theirs, with other bodies."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # No service of the test city asks for a document, and no generator finds a number whose check character fits.
    if isinstance(case.body, dict) and case.operation.path == "/api/v1/appointments":
        case.body.pop("identity", None)
    key = case.headers.get("Idempotency-Key") if case.headers else None
    if key:
        case.headers["Idempotency-Key"] = key[:91] + "-" + str(uuid.uuid4())
