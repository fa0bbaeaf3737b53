"""What the browser scripts share: the arguments, the browser, and the steps of citizens, kiosks and clerks.

Every wait is for something that the page shows, with a limit; nothing waits for a length of time.
"""

import argparse
import random
import re
import shutil
import sys
from contextlib import contextmanager
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

LIMIT = 15_000
# What went wrong in the pages' own scripts; a run with any of these fails.
script_errors: list[str] = []
expect.set_options(timeout=LIMIT)


def arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("base", help="where the system answers, such as http://localhost:8080")
    parser.add_argument("--hall", default="all-hours")
    parser.add_argument("--kiosk-key", default="demo-kiosk-key-all-hours-1")
    parser.add_argument("--clerk", default="all-hours-1", help="name and password, separated by a colon")
    parser.add_argument("--reception", default="all-hours-reception")
    parser.add_argument("--operator", default="all-hours-operator")
    parser.add_argument("--password", default="demo-only-password")
    parser.add_argument("--clerk-password", default="demo-only-password")
    parser.add_argument("--window", default="1", help="a window that serves the service and at least one other")
    parser.add_argument("--service", default="id-card")
    parser.add_argument("--query", default="shenfenzheng", help="pinyin that finds the service")
    parser.add_argument("--shots", default="", help="a folder for pictures of the pages")
    parsed = parser.parse_args()
    parsed.base = parsed.base.rstrip("/")
    return parsed


@contextmanager
def chromium():
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
            check(not script_errors, f"scripts of the pages failed: {script_errors}")
        finally:
            browser.close()


def visitor(browser: Browser, args, language: str = "zh-Hans", width: int = 1280, height: int = 900, **options) -> BrowserContext:
    """A browser of its own, with its own cookies."""
    locale = "zh-CN" if language == "zh-Hans" else "en-GB"
    context = browser.new_context(
        base_url=args.base, locale=locale, viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(LIMIT)
    host = re.sub(r"^https?://([^:/]+).*", r"\1", args.base)
    context.add_cookies([{"name": "lang", "value": language, "domain": host, "path": "/"}])
    context.on("weberror", lambda error: script_errors.append(f"{error.page.url if error.page else context}: {error.error}"))
    return context


def fail(text: str):
    print("FAILED:", text, flush=True)
    raise AssertionError(text)


def check(condition, text: str):
    if not condition:
        fail(text)


def step(text: str):
    print("·", text, flush=True)


def new_phone() -> str:
    """A number of nobody: each run books as another person, because one person may hold one booking of a service."""
    return "139" + "".join(random.choice("0123456789") for _ in range(8))


def masked(phone: str) -> str:
    return phone[:3] + "****" + phone[-4:]


# The citizen


def open_slots(page: Page, args):
    """From the start page by pinyin to the free times of the hall, today."""
    page.goto("/")
    page.fill("#q", args.query)
    page.press("#q", "Enter")
    page.click(f"a.card-link[href='/services/{args.service}']")
    expect(page.locator("#bring")).to_be_visible()
    check(page.locator(".checklist li").count() > 0, "the service's page shows no checklist")
    page.click("button[formaction]")
    page.click(f"a.card-link[href*='hall={args.hall}']")
    page.locator("a.day").first.click()
    expect(page.locator("#times")).to_be_visible()


def hold(page: Page):
    page.locator(".slot-grid[aria-labelledby=times] button.slot:not([disabled])").first.click()
    expect(page.locator("#name")).to_be_visible()


def give_details(page: Page, phone: str, name: str = "王小明"):
    page.fill("#name", name)
    page.fill("#phone", phone)
    page.click("button[data-hold-needed]")
    expect(page.locator("#code")).to_be_visible()


def bubbles(telephone: Page, phone: str) -> Locator:
    return telephone.locator("li.bubble", has_text=masked(phone))


def read_code(telephone: Page, phone: str) -> str:
    """The code on the demo's telephone, which is open already."""
    text = bubbles(telephone, phone).first.locator(".text").inner_text(timeout=LIMIT)
    code = re.search(r"\b\d{6}\b", text) or re.search(r"\d{6}", text)
    check(code, f"no code in {text!r}")
    return code.group()


def give_code(page: Page, code: str):
    page.fill("#code", code)
    page.click("form:has(#code) button[type=submit]")
    expect(page.locator("input[name=key]")).to_have_count(1)


def confirm(page: Page) -> str:
    """Books, and gives the reference."""
    page.click("form:has(input[name=key]) button[type=submit]")
    return page.locator("#reference").inner_text().strip()


def book(page: Page, telephone: Page, args, phone: str) -> str:
    open_slots(page, args)
    hold(page)
    give_details(page, phone)
    give_code(page, read_code(telephone, phone))
    return confirm(page)


# The kiosk


def enrol(page: Page, args):
    page.goto(f"/kiosk/{args.hall}/enrol?key={args.kiosk_key}")
    expect(page.locator("#take-number")).to_be_visible()


def check_in(page: Page, args, reference: str) -> str:
    page.goto(f"/kiosk/{args.hall}")
    page.click("#have-appointment")
    page.fill("#code", reference)
    page.click("form:has(#code) button[type=submit]")
    return page.locator("#ticket-number").inner_text().strip()


def service_button(page: Page, service: str) -> Locator:
    return page.locator(f"form:has(input[name=service][value='{service}']) button")


def take_number(page: Page, args, service: str) -> tuple[str, int]:
    """A walk-in's number, and how many touches it took."""
    page.goto(f"/kiosk/{args.hall}")
    touches = 1
    page.click("#take-number")
    if service_button(page, service).count() == 0:
        touches += 1
        page.locator("a.kiosk-button").first.click()
    touches += 1
    service_button(page, service).click()
    return page.locator("#ticket-number").inner_text().strip(), touches


def take_number_for_several(page: Page, args, count: int = 2) -> str:
    """One number for the first services of the hall, ticked on one page whose count follows."""
    page.goto(f"/kiosk/{args.hall}/services")
    page.click("#several")
    boxes = page.locator("input[name=service]")
    for index in range(count):
        boxes.nth(index).check()
    page.locator("form.itinerary button[type=submit]").click()
    expect(page.locator(".legs li")).to_have_count(count)
    return page.locator("#ticket-number").inner_text().strip()


# The clerk


def sign_in(page: Page, name: str, password: str):
    page.goto("/staff/sign-in")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("form:has(#password) button[type=submit]")
    expect(page.locator("form[action='/staff/sign-out']")).to_be_visible()


def open_window(page: Page, args):
    """Sits down at the window; one that an earlier run left open is cleared first."""
    page.goto("/staff/window")
    if f"/windows/" in page.url:
        clear_window(page)
        page.click("#close")
        page.wait_for_url("**/staff/window")
    page.click(f"form[action='/staff/halls/{args.hall}/windows/{args.window}'] button")
    expect(page.locator("#call-next")).to_be_visible()


def clear_window(page: Page):
    if page.locator("button[value=resume]").count():
        page.click("button[value=resume]")
        expect(page.locator("#call-next")).to_be_visible()
    if page.locator("#start").count():
        press(page, "start", "#finish")
    if page.locator("#finish").count():
        press(page, "finish", "#call-next")


def press(page: Page, command: str, then: str):
    """Presses a button of the console and waits for what must be there afterwards."""
    page.click("#call-next" if command == "callNext" else f"#{command}")
    expect(page.locator(then).first).to_be_visible()


def present(page: Page) -> str:
    return page.locator("#present-number").inner_text().strip()


def call_until(page: Page, number: str):
    """Calls and serves whoever is next until this number is called."""
    for _ in range(100):
        press(page, "callNext", "#present-number, #refusal")
        check(page.locator("#present-number").count(), f"nobody is waiting any more, and {number} was not called")
        if present(page) == number:
            return
        step(f"the engine called {present(page)} first")
        press(page, "start", "#finish")
        press(page, "finish", "#call-next")
    fail(f"{number} was not called")
