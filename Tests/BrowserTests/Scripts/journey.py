"""The whole journey: booked at home, checked in at the kiosk, called by a clerk, seen on the screen and on the personal page."""

from common import *

# On the personal page the panel comes before the details, as seen and as read out.
TURN_FIRST = """() => {
  const [panel, details] = ["live-panel", "details"].map((id) => document.getElementById(id));
  return panel.getBoundingClientRect().bottom <= details.getBoundingClientRect().top
    && Boolean(panel.compareDocumentPosition(details) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""


def main():
    args = arguments(__doc__)
    phone = new_phone()
    with chromium() as browser:
        citizen = visitor(browser, args, width=390, height=844)
        telephone = visitor(browser, args).new_page()
        telephone.goto("/demo/phone")
        display = visitor(browser, args, width=1920, height=1080).new_page()
        display.goto(f"/display/{args.hall}")
        expect(display.locator("#state-live")).to_be_visible()

        page = citizen.new_page()
        reference = book(page, telephone, args, phone)
        step(f"booked: {reference}")
        expect(page.locator("figure.qr svg")).to_be_visible()
        token = re.search(r"/a/([^/?]+)", page.url).group(1)
        confirmations = bubbles(telephone, phone).filter(has_text=reference)
        expect(confirmations.first).to_be_visible()
        step("the telephone got the confirmation")

        # These pages stay open: what comes is shown without loading them again.
        page.goto(f"/a/{token}")
        for left_open in (page, display):
            left_open.evaluate("window.stillTheSamePage = true")
        expect(page.locator("#live-panel .live-state[data-live-state=open]")).to_be_visible()

        kiosk = visitor(browser, args, width=1080, height=1920).new_page()
        enrol(kiosk, args)
        number = check_in(kiosk, args, reference)
        step(f"checked in: {number}")
        expect(page.locator("[data-live-text=number]")).to_have_text(number)
        expect(page.locator("[data-live-text=ahead]")).to_be_visible()
        check(page.evaluate(TURN_FIRST), "after the check-in something stands before the turn on the personal page")
        step("the personal page shows the number and the people ahead, before everything else")

        walk_in, touches = take_number(kiosk, args, args.service)
        check(touches <= 3, f"a number took {touches} touches")
        expect(kiosk.locator("#ticket-ahead")).to_be_visible()
        step(f"a walk-in took {walk_in} in {touches} touches")

        clerk = visitor(browser, args).new_page()
        sign_in(clerk, args.clerk, args.clerk_password)
        open_window(clerk, args)
        call_until(clerk, number)
        step(f"{number} was called")
        expect(display.locator("#now-number")).to_have_text(number, timeout=LIMIT * 4)
        expect(display.locator("[data-now-window]").first).to_have_text(args.window)
        called = page.locator("[data-state=called]")
        expect(called).to_be_visible()
        expect(called.locator("[data-live-text=window]")).to_have_text(args.window)
        check(args.window in called.inner_text(), f"the personal page says {called.inner_text()!r}")
        for left_open in (page, display):
            check(left_open.evaluate("window.stillTheSamePage === true"), f"{left_open.url} was loaded again")
        step("the screen and the personal page show the call, without being loaded again")
        expect(bubbles(telephone, phone).filter(has_text=number).first).to_be_visible()
        called_text = bubbles(telephone, phone).first.inner_text()
        check(args.window in called_text, f"the message about the call says {called_text!r}")
        step("the telephone got the call")

        position = display.locator(f".call-row:has-text('{number}')").get_attribute("data-call")
        press(clerk, "recall", "#start")
        expect(display.locator(f".call-row:has-text('{number}'):not([data-call='{position}'])")).to_be_visible()
        step("called again")
        expect(display.locator(f".call-row.is-called:has-text('{number}')")).to_be_visible()
        press(clerk, "start", "#finish")
        expect(display.locator(f".call-row.is-past:has-text('{number}')")).to_be_visible()
        expect(page.locator("[data-state=serving]")).to_be_visible()
        press(clerk, "finish", "#call-next")
        expect(page.locator("[data-state=done]")).to_be_visible()
        served(citizen, token)
        step("served, and the booking knows")

        # Walk-ins of before may have been called while the citizen's turn came.
        walk_in, _ = take_number(kiosk, args, args.service)
        ticket_page = kiosk.locator("[data-page]").get_attribute("data-page")
        missing, _ = take_number(kiosk, args, args.service)
        follow_walk_in(clerk, visitor(browser, args).new_page(), walk_in, ticket_page)
        mark_missing(clerk, kiosk, args, missing)
        clear_window(clerk)
        clerk.click("#close")
        clerk.wait_for_url("**/staff/window")
    print("OK")


def served(citizen: BrowserContext, token: str):
    """Booking hears of it a moment later: the page is asked until it says so."""
    state = citizen.request.get(f"/api/v1/appointments/{token}").json()["state"]
    page = citizen.new_page()
    page.goto(f"/a/{token}")
    page.wait_for_function(
        """async (token) => (await (await fetch(`/api/v1/appointments/${token}`)).json()).state === "served" """,
        arg=token, polling=200)
    state = citizen.request.get(f"/api/v1/appointments/{token}").json()["state"]
    check(state == "served", f"the appointment is {state}")
    page.reload()
    expect(page.locator("#live-panel")).to_have_count(0)
    page.close()


def follow_walk_in(clerk: Page, follower: Page, number: str, ticket_page: str):
    """Puts a walk-in aside, brings the person back and sends the person on to another service with the same number."""
    follower.goto(ticket_page)
    expect(follower.locator("[data-field=number]").first).to_have_text(number)
    expect(follower.locator(".live-state[data-live-state=open]")).to_be_visible()
    call_until(clerk, number)
    expect(follower.locator("#ticket[data-state=called]")).to_be_visible()
    press(clerk, "park", "#call-next")
    expect(follower.locator("#ticket[data-state=parked]")).to_be_visible()
    row = clerk.locator("#away tr", has_text=number)
    row.locator("button[value=bringBack]").click()
    expect(clerk.locator("#away tr", has_text=number)).to_have_count(0)
    expect(follower.locator("#ticket[data-state=waiting]")).to_be_visible()
    step(f"{number} was put aside and brought back")
    call_until(clerk, number)
    press(clerk, "start", "#finish")
    before = follower.locator("#place strong").inner_text()
    expect(follower.locator("#visit .legs li")).to_have_count(0)
    other = clerk.locator("#transfer-to option").first
    clerk.select_option("#transfer-to", other.get_attribute("value"))
    press(clerk, "transfer", "#call-next")
    expect(follower.locator("#ticket[data-state=waiting]")).to_be_visible()
    expect(follower.locator("[data-field=number]").first).to_have_text(number)
    # Sent on, the visit has two services: the page lists them without being loaded again.
    legs = follower.locator("#visit .legs li")
    expect(legs).to_have_count(2)
    expect(legs.nth(0)).to_contain_text(before)
    expect(legs.nth(1)).not_to_contain_text(before)
    step(f"{number} kept its number and went on from {before} to another service")


def mark_missing(clerk: Page, kiosk: Page, args, number: str):
    call_until(clerk, number)
    press(clerk, "missed", "#call-next")
    expect(clerk.locator("#away tr", has_text=number)).to_be_visible()
    step(f"{number} did not come")


main()
