// The page of one ticket: shows the part of the page that fits the ticket's state and fills in its numbers. live.js keeps the connection.
(() => {
  "use strict";

  const root = document.getElementById("ticket");
  const fields = ["number", "window", "ahead", "expectedMinutes", "lowMinutes", "highMinutes"];
  let state = root.dataset.state;

  // The services of the visit and how far each is: their words come from the server.
  const mark = (ticket) => [ticket.service, ...(ticket.legs ?? []).map((leg) => `${leg.service}=${leg.state}`)].join(" ");
  const showVisit = async (wanted) => {
    if (document.getElementById("visit").dataset.visit === wanted) return;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const id of ["place", "visit"]) {
        const part = fresh.getElementById(id);
        if (part) document.getElementById(id).replaceWith(part);
      }
    } catch {
      // The next event tries again; the connection's state is shown beside.
    }
  };

  const apply = (ticket) => {
    showVisit(mark(ticket));
    for (const field of fields) {
      for (const place of root.querySelectorAll(`[data-field="${field}"]`)) place.textContent = ticket[field] ?? "";
    }
    for (const part of root.querySelectorAll("[data-state-is]")) part.hidden = part.dataset.stateIs !== ticket.state;
    const known = ticket.expectedMinutes !== undefined;
    for (const part of root.querySelectorAll("[data-wait]")) part.hidden = (part.dataset.wait === "known") !== known;
    for (const part of root.querySelectorAll("[data-has-number]")) part.hidden = !ticket.number;
    if (ticket.state === "called" && state !== "called") navigator.vibrate?.([400, 200, 400]);
    state = ticket.state;
    root.dataset.state = state;
    const title = root.querySelector(`[data-state-is="${state}"][data-title]`)?.dataset.title;
    document.title = [ticket.number, title].filter(Boolean).join(" · ");
    document.getElementById("as-of").textContent =
      new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: root.dataset.timeZone || undefined });
  };

  root.addEventListener("live:event", (event) => {
    const { name, data } = event.detail;
    if (name === "ticket") apply(data);
    if (name === "status") document.getElementById("behind").hidden = data.live;
  });
})();
