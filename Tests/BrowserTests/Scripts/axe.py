"""The accessibility audit: no page touched by citizens, visitors of a hall or staff breaks a WCAG 2.2 AA rule of axe; all
but the hall's screen fit into 320 CSS pixels; and in elder mode text and targets are as large as promised."""

import os

from axe_playwright_python.sync_playwright import Axe

from common import *

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Language, width of the window, elder mode.
AUDITS = (("en", 390, False), ("zh-Hans", 390, True), ("zh-Hans", 1280, False), ("en", 1280, False), ("zh-Hans", 390, False))
axe = Axe()
problems: list[str] = []

# What is wider than the window, apart from what scrolls within a box of its own.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && getComputedStyle(element).position !== "absolute")
    .slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
}"""

# Pointer targets below the promised size; links within a sentence are exempt.
SMALL = """(least) => [...document.querySelectorAll("main .btn, main button, main .card-link, main .day, main .slot, .tool, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main select")]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < least - 0.5)
  .slice(0, 3).map((element) => `${Math.round(element.getBoundingClientRect().height)} px: ${element.outerHTML.slice(0, 120)}`)"""

# Buttons and links that lie over one another.
OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select")]
    .filter((element) => element.checkVisibility() && !element.closest("table"))
    .map((element) => [element, element.getBoundingClientRect()]);
  const found = [];
  for (const [a, one] of boxes) for (const [b, other] of boxes) {
    if (a === b || a.contains(b) || b.contains(a) || getComputedStyle(a).display === "inline") continue;
    const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    if (wide > 2 && high > 2) found.push(`${a.outerHTML.slice(0, 80)} over ${b.outerHTML.slice(0, 80)}`);
  }
  return found.slice(0, 2);
}"""


class Audit:
    """Looks at the same pages in one language and at one width."""

    def __init__(self, args, name: str, elder: bool = False):
        self.args, self.name, self.elder, self.count = args, name, elder, 0

    def look(self, page: Page, what: str, reflow: bool = True):
        """`reflow`: must fit into 320 CSS pixels, with targets of the promised size. The hall's screen is nobody's to touch."""
        self.count += 1
        where = f"{what} ({self.name})"
        for violation in axe.run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]}).response["violations"]:
            for node in violation["nodes"][:3]:
                problems.append(f"{where}: {violation['id']}: {violation['help']}: {node['html'][:160]} {node['failureSummary'][:260]}")
        if not page.title().strip():
            problems.append(f"{where}: no title")
        if missing := re.findall(r"\{\{?\w[^}]*\}", page.locator("body").inner_text()):
            problems.append(f"{where}: raw placeholders {missing}")
        least = 60 if self.elder else 44
        problems.extend(f"{where}: overlap: {found}" for found in page.evaluate(OVERLAPPING))
        if reflow:
            problems.extend(f"{where}: target of {found}" for found in page.evaluate(SMALL, least))
        self.picture(page, what)
        if reflow:
            size = page.viewport_size
            page.set_viewport_size({"width": 320, "height": 800})
            problems.extend(f"{where}: wider than 320 px: {found}" for found in page.evaluate(TOO_WIDE))
            page.set_viewport_size(size)

    def picture(self, page: Page, what: str):
        if self.args.shots:
            os.makedirs(self.args.shots, exist_ok=True)
            page.screenshot(path=f"{self.args.shots}/{what.replace(' ', '-')}-{self.name}.png", full_page=True)


def citizen(browser: Browser, args, audit: Audit, language: str, width: int, telephone: Page) -> str:
    context = visitor(browser, args, language, width)
    page = context.new_page()
    if audit.elder:
        page.goto("/")
        page.click(".site-tools .tool >> nth=0")
        expect(page.locator("html.elder")).to_have_count(1)
        size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
        check(size >= 24, f"text of {size} px in elder mode: it must be 18 pt, 24 px, at least")
    page.goto("/")
    audit.look(page, "home")
    page.goto("/search?q=zzzqqq")
    audit.look(page, "search nothing")
    page.goto(f"/search?q={args.query}")
    audit.look(page, "search")
    page.goto(f"/services/{args.service}")
    audit.look(page, "service")
    phone = new_phone()
    open_slots(page, args)
    audit.look(page, "slots")
    hold(page)
    audit.look(page, "details")
    page.click("button[data-hold-needed]")
    expect(page.locator("#error-summary")).to_be_visible()
    audit.look(page, "details errors")
    give_details(page, phone)
    audit.look(page, "code")
    give_code(page, read_code(telephone, phone))
    audit.look(page, "check")
    reference = confirm(page)
    audit.look(page, "booked")
    personal = page.url.split("?")[0]
    page.goto(personal)
    expect(page.locator("#live-panel .live-state[data-live-state=open]")).to_be_visible()
    audit.look(page, "personal")
    page.goto(personal + "/reschedule")
    audit.look(page, "reschedule")
    page.goto(personal + "/cancel")
    audit.look(page, "cancel")
    page.goto(personal.replace("/a/", "/t/"))
    expect(page.locator(".live-state[data-live-state=open]")).to_be_visible()
    audit.look(page, "ticket of a booking")
    page.goto("/live")
    audit.look(page, "live")
    page.goto(f"/waits?service={args.service}&near={args.hall}")
    audit.look(page, "where and when")
    page.goto(f"/waits/{args.hall}")
    audit.look(page, "waits of a hall by the hour")
    page.goto("/demo/phone")
    expect(bubbles(page, phone).first).to_be_visible()
    audit.look(page, "telephone")
    page.goto("/no/such/page")
    audit.look(page, "error")
    page.goto("/a/AAAAAAAAAAAAAAAAAAAAAA")
    audit.look(page, "error of a link")
    context.close()
    return reference


def hall(browser: Browser, args, audit: Audit, language: str, width: int, reference: str) -> str:
    context = visitor(browser, args, language, width, height=1400)
    page = context.new_page()
    page.goto(f"/kiosk/{args.hall}")
    audit.look(page, "kiosk not enrolled")
    enrol(page, args)
    audit.look(page, "kiosk start")
    page.click("#take-number")
    audit.look(page, "kiosk groups or services")
    if service_button(page, args.service).count() == 0:
        page.locator("a.kiosk-button").first.click()
        expect(service_button(page, args.service)).to_be_visible()
        audit.look(page, "kiosk services")
    service_button(page, args.service).click()
    expect(page.locator("#ticket-number")).to_be_visible()
    audit.look(page, "kiosk ticket")
    ticket = page.locator("[data-page]").get_attribute("data-page")
    page.goto(f"/kiosk/{args.hall}/itinerary")
    audit.look(page, "kiosk itinerary")
    take_number_for_several(page, args)
    audit.look(page, "kiosk ticket of several services")
    page.goto(f"/kiosk/{args.hall}/arrivals")
    audit.look(page, "kiosk check-in")
    page.fill("#code", "ZZZZZZZZ")
    page.click("form:has(#code) button[type=submit]")
    expect(page.locator("#arrival-message")).to_be_visible()
    audit.look(page, "kiosk check-in refused")
    check_in(page, args, reference)
    audit.look(page, "kiosk checked in")
    page.goto(f"/display/{args.hall}")
    expect(page.locator("#state-live")).to_be_visible()
    audit.look(page, "display", reflow=False)
    page.goto(ticket)
    expect(page.locator(".live-state[data-live-state=open]")).to_be_visible()
    audit.look(page, "ticket")
    page.goto(f"{ticket}?away=20")
    expect(page.locator(".live-state[data-live-state=open]")).to_be_visible()
    audit.look(page, "ticket from afar")
    page.goto(f"{ticket}?away=999")
    audit.look(page, "ticket from too far")
    context.close()
    return ticket


def staff(browser: Browser, args, audit: Audit, language: str, width: int, ticket: str):
    context = visitor(browser, args, language, width)
    page = context.new_page()
    page.goto("/staff/sign-in")
    audit.look(page, "sign-in")
    sign_in(page, args.clerk, args.clerk_password)
    audit.look(page, "staff home")
    page.goto("/staff/window")
    if "/windows/" not in page.url:
        audit.look(page, "window choice")
    page.goto(f"/staff/halls/{args.hall}/windows/{args.window}")
    if page.locator("button[value=open]").count():
        audit.look(page, "console closed")
    open_window(page, args)
    audit.look(page, "console free")
    press(page, "callNext", "#present-number")
    expect(page.locator(".live-state[data-live-state=open]")).to_be_visible()
    audit.look(page, "console called")
    follower = visitor(browser, args, language, width).new_page()
    follower.goto(f"/display/{args.hall}")
    audit.look(follower, "display with a call", reflow=False)
    press(page, "start", "#finish")
    audit.look(page, "console serving")
    finish(page)
    press(page, "callNext", "#present-number")
    press(page, "missed", "#call-next")
    audit.look(page, "console with a missed ticket")
    page.click("#pause")
    expect(page.locator("button[value=resume]")).to_be_visible()
    audit.look(page, "console paused")
    page.click("button[value=resume]")
    expect(page.locator("#close")).to_be_visible()
    page.click("#close")
    page.wait_for_url("**/staff/window")
    audit.look(page, "window choice")
    context.close()

    for name, role, path in (
        (args.reception, "reception", f"/staff/halls/{args.hall}/reception"), (args.operator, "hall overview", f"/staff/halls/{args.hall}"),
    ):
        context = visitor(browser, args, language, width)
        page = context.new_page()
        sign_in(page, name, args.password)
        page.goto(path)
        audit.look(page, role)
        if role == "hall overview":
            page.locator("#tickets tbody a").first.click()
            expect(page.locator("ol.list-group")).to_be_visible()
            audit.look(page, "history of a ticket")
            page.goto(f"/staff/halls/{args.hall}/learned")
            audit.look(page, "what the hall has learned")
            page.goto(f"/promises/{args.hall}")
            audit.look(page, "how good the promises were")
        else:
            page.locator("form[action$='/reception/tickets'] button").click()
            expect(page.locator("#done-number")).to_be_visible()
            audit.look(page, "reception ticket")
            page.goto(f"/staff/halls/{args.hall}/windows/{args.window}")
            audit.look(page, "refused page")
        context.close()


def main():
    args = arguments(__doc__)
    try:
        audit_all(args)
    finally:
        for problem in dict.fromkeys(problems):
            print("✗", problem, flush=True)
    check(not problems, f"{len(problems)} findings")
    print("OK: no violation")


def audit_all(args):
    with chromium() as browser:
        telephone = visitor(browser, args).new_page()
        telephone.goto("/demo/phone")
        for language, width, elder in AUDITS:
            audit = Audit(args, f"{language}-{width}{'-elder' if elder else ''}", elder)
            reference = citizen(browser, args, audit, language, width, telephone)
            if not elder:
                ticket = hall(browser, args, audit, language, width, reference)
                staff(browser, args, audit, language, width, ticket)
            step(f"{audit.count} pages: {audit.name}")


main()
