"""Without JavaScript: a booking, the personal page, cancelling, and a ticket at the kiosk."""

from common import *


def newest_code(telephone: Page, phone: str) -> str:
    """Without scripts the telephone's page is loaded again until the message is there."""
    limit = 60
    while bubbles(telephone, phone).count() == 0:
        limit -= 1
        check(limit, "the code did not arrive")
        telephone.reload()
    return read_code(telephone, phone)


def main():
    args = arguments(__doc__)
    phone = new_phone()
    with chromium() as browser:
        citizen = visitor(browser, args, width=390, height=844, java_script_enabled=False)
        page, telephone = citizen.new_page(), citizen.new_page()
        open_slots(page, args)
        hold(page)

        page.click("button[data-hold-needed]")
        expect(page.locator("#error-summary")).to_be_visible()
        expect(page.locator("#name-error")).to_be_visible()
        step("an empty form is told what is missing")

        give_details(page, phone)
        telephone.goto("/demo/phone")
        give_code(page, newest_code(telephone, phone))
        reference = confirm(page)
        step(f"booked: {reference}")
        personal = page.url.split("?")[0]
        page.goto(personal)
        expect(page.locator("#reference")).to_have_text(reference)

        page.goto(personal.replace("/a/", "/t/"))
        expect(page.locator("#ticket")).to_be_visible()
        step("the personal page and the ticket's page show the booking")

        page.goto(personal)
        page.click("a[href$='/cancel']")
        page.click("form button.btn-danger")
        expect(page.locator("#reference")).to_be_visible()
        expect(page.locator("a[href$='/cancel']")).to_have_count(0)
        token = personal.rsplit("/", 1)[1]
        state = citizen.request.get(f"/api/v1/appointments/{token}").json()["state"]
        check(state == "cancelled", f"the appointment is {state}")
        step("cancelled")

        kiosk = visitor(browser, args, java_script_enabled=False).new_page()
        enrol(kiosk, args)
        number, touches = take_number(kiosk, args, args.service)
        check(touches <= 3, f"a number took {touches} touches")
        ticket = kiosk.locator("[data-page]").get_attribute("data-page")
        page.goto(ticket)
        expect(page.locator("[data-field=number]").first).to_have_text(number)
        step(f"a walk-in took {number}; its page shows it")
        page.fill("#away", "20")
        page.click("#set-out button")
        expect(page.locator("[data-set-out]:visible")).to_have_count(1)
        expect(page.locator("#away")).to_have_value("20")
        step("its page says when to set out")

        kiosk.goto(f"/kiosk/{args.hall}/itinerary")
        kiosk.locator("form.itinerary button[type=submit]").click()
        expect(kiosk.locator("#itinerary-message")).to_be_visible()
        number = take_number_for_several(kiosk, args)
        page.goto(kiosk.locator("[data-page]").get_attribute("data-page"))
        expect(page.locator("#visit .legs li")).to_have_count(2)
        step(f"a walk-in took {number} for two services; its page shows both")
    print("OK")


main()
