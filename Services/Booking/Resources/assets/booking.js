// The citizen's pages: leads to the errors of a form, sends a form once, and shows the part that fits the state of the turn.
(() => {
  "use strict";

  document.getElementById("error-summary")?.focus();

  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      // The answer may be lost on the way: let the person try again.
      setTimeout(() => { delete form.dataset.sent; }, 8000);
    });
  }

  const panel = document.getElementById("live-panel");
  const details = document.getElementById("details");
  panel?.querySelector("[data-live-state]")?.removeAttribute("hidden");
  panel?.addEventListener("live:event", (event) => {
    if (event.detail.name !== "ticket") return;
    const ticket = event.detail.data;
    // From the check-in on the turn comes first, as when the page is loaded anew. The details move, so that the panel's live region stays.
    const hasTurn = !["expected", "withdrawn", "noShow"].includes(ticket.state);
    if (hasTurn && details?.nextElementSibling === panel) panel.after(details);
    // What the booking said when the page was loaded is old news then.
    const state = document.getElementById("state");
    if (state) state.hidden = hasTurn;
    for (const part of panel.querySelectorAll("[data-state]")) {
      const fits = part.dataset.state.split(" ").includes(ticket.state);
      part.hidden = !fits || ("wait" in part.dataset && ticket.expectedMinutes == null);
    }
  });
})();
