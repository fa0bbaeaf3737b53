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

  const clock = (moment) => {
    const zone = root.dataset.timeZone || undefined;
    const language = document.documentElement.lang;
    const day = (date) => date.toLocaleDateString(language, { timeZone: zone });
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    if (day(moment) !== day(new Date())) Object.assign(parts, { weekday: "short", month: "short", day: "numeric" });
    return moment.toLocaleString(language, parts);
  };

  // When to set out, by the server's own rule (SetOut): the low end of the range or the booked time, less the way and the time to spare.
  const setOut = document.getElementById("set-out");
  const minute = 60_000;
  let seen;
  let advised;

  const advice = ({ ticket, at }) => {
    const way = Number(setOut.dataset.away) * minute;
    const isWaiting = ticket.state === "waiting";
    if (isWaiting && ticket.lowMinutes === undefined) return ["unknown"];
    const call = isWaiting ? at + ticket.lowMinutes * minute : Date.parse(ticket.slot);
    const leave = call - way - Number(setOut.dataset.spare) * minute;
    const there = Date.now() + way;
    if (leave > Date.now()) return ["later", new Date(leave)];
    if (!isWaiting && there > call + Number(setOut.dataset.late) * minute) return [];
    if (isWaiting && way === 0) return ["near"];
    return [there > (isWaiting ? at + ticket.expectedMinutes * minute : call) ? "late" : "now"];
  };

  const showSetOut = () => {
    if (!seen) return;
    setOut.hidden = !["waiting", "expected"].includes(seen.ticket.state);
    if (setOut.hidden || setOut.dataset.away === "") return;
    const [name, moment] = advice(seen);
    for (const part of setOut.querySelectorAll("[data-set-out]")) {
      part.hidden = part.dataset.setOut !== name;
      const text = moment ? part.dataset.text.replace("{time}", clock(moment)) : part.dataset.text;
      // What is the same is not said again by a screen reader.
      if (!part.hidden && part.textContent !== text) part.textContent = text;
    }
    if (advised === "later" && name !== "later") navigator.vibrate?.([400, 200, 400]);
    advised = name;
  };
  setInterval(showSetOut, 15_000);

  const apply = (ticket) => {
    seen = { ticket, at: Date.now() };
    showSetOut();
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
    document.getElementById("as-of").textContent = clock(new Date());
  };

  root.addEventListener("live:event", (event) => {
    const { name, data } = event.detail;
    if (name === "ticket") apply(data);
    if (name === "status") document.getElementById("behind").hidden = data.live;
  });
})();
