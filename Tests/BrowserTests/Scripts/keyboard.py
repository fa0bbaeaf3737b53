"""A booking by keyboard alone: Tab, Space, Enter and the arrows reach everything, and the focus can always be seen."""

from common import *

FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  return {
    tag: element.tagName, type: element.type ?? "", id: element.id, name: element.getAttribute("name") ?? "", text: element.innerText ?? "",
    href: element.getAttribute("href") ?? "", action: element.getAttribute("formaction") ?? "", cls: element.className,
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    onScreen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    covered: !(middle === element || element.contains(middle) || middle?.contains(element)),
  };
}"""


def focus(page: Page) -> dict | None:
    return page.evaluate(FOCUS)


def tab(page: Page) -> dict | None:
    page.keyboard.press("Tab")
    now = focus(page)
    if now and now["tag"] != "MAIN" and (not now["onScreen"] or now["covered"]):
        # Browsers may still be scrolling to it.
        page.wait_for_function(f"() => {{ const now = ({FOCUS})(); return !now || (now.onScreen && !now.covered); }}", timeout=3000)
        now = focus(page)
    if now and now["tag"] != "MAIN":
        check(now["ring"], f"no visible focus on {now} of {page.url}")
        check(now["onScreen"], f"the focus is outside of the view on {now} of {page.url}")
        check(not now["covered"], f"something covers the focused {now} of {page.url}")
    return now


def tab_to(page: Page, what: str, wanted) -> dict:
    for _ in range(150):
        now = tab(page)
        if now and wanted(now):
            return now
    fail(f"Tab does not reach {what} on {page.url}")


def skip_link_first(page: Page):
    """The first stop leads past the header, to the content."""
    first = tab(page)
    check(first and first["cls"] == "skip-link", f"the first stop of {page.url} is {first}")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")


def enter(page: Page, then: str):
    page.keyboard.press("Enter")
    expect(page.locator(then).first).to_be_visible()


def main():
    args = arguments(__doc__)
    phone = new_phone()
    with chromium() as browser:
        telephone = visitor(browser, args).new_page()
        telephone.goto("/demo/phone")
        page = visitor(browser, args).new_page()
        page.goto("/")
        skip_link_first(page)
        tab_to(page, "the search", lambda now: now["id"] == "q")
        page.keyboard.type(args.query)
        enter(page, "a.card-link")
        skip_link_first(page)
        tab_to(page, "the service", lambda now: now["href"] == f"/services/{args.service}")
        enter(page, "#bring")

        skip_link_first(page)
        if page.locator("input[type=radio]").count():
            tab_to(page, "the questions", lambda now: now["type"] == "radio")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            check(page.locator("input[type=radio]:checked").count() == 1, "the arrows do not choose an answer")
            step("answered a question with Space and an arrow")
        tab_to(page, "the choice of a time", lambda now: now["action"].endswith("/slots"))
        enter(page, "#choose-hall")
        tab_to(page, "the hall", lambda now: f"hall={args.hall}" in now["href"] and "card-link" in now["cls"])
        enter(page, "#times")
        tab_to(page, "a day", lambda now: "day" == now["cls"])
        enter(page, "#times")
        tab_to(page, "a time", lambda now: now["name"] == "slot")
        page.keyboard.press("Space")
        expect(page.locator("#name")).to_be_visible()
        step("chose hall, day and time")

        tab_to(page, "the button", lambda now: now["type"] == "submit")
        enter(page, "#error-summary")
        page.wait_for_function("document.activeElement.id === 'error-summary'")
        tab_to(page, "the link to the field", lambda now: now["href"] == "#name")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'name'")
        step("the errors lead to their fields")
        page.keyboard.type("王小明")
        tab_to(page, "the phone", lambda now: now["id"] == "phone")
        page.keyboard.type(phone)
        enter(page, "#code")
        code = read_code(telephone, phone)
        tab_to(page, "the code", lambda now: now["id"] == "code")
        page.keyboard.type(code)
        enter(page, "input[name=key] ~ p, form:has(input[name=key])")
        tab_to(page, "the booking", lambda now: now["type"] == "submit")
        enter(page, "#reference")
        step("booked: " + page.locator("#reference").inner_text())
        skip_link_first(page)
        tab_to(page, "cancelling", lambda now: now["href"].endswith("/cancel"))
        enter(page, "form button.btn-danger")
        tab_to(page, "the confirmation", lambda now: "btn-danger" in now["cls"])
        page.keyboard.press("Space")
        page.wait_for_url("**/a/*")
        expect(page.locator("a[href$='/cancel']")).to_have_count(0)
        step("cancelled")
    print("OK")


main()
