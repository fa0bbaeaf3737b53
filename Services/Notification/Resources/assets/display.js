// The big screen of a hall. live.js keeps the connection and hands over the events; every text is in the page already.
(() => {
  "use strict";

  const root = document.querySelector("[data-live-src]");
  const timeZone = root.dataset.timeZone;
  const one = (selector) => root.querySelector(selector);
  const clock = new Intl.DateTimeFormat("zh-CN", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const shortTime = new Intl.DateTimeFormat("zh-CN", { timeZone, hour: "2-digit", minute: "2-digit", hour12: false });

  // How long a call has the large area for itself while others wait for it.
  const turn = 6000;
  const waiting = [];
  let shown = false;
  let lastCall = Number(root.dataset.lastCall);
  let lastBoard = Number(root.dataset.position);
  let wasReset = false;
  let recent = [];

  const showNext = () => {
    const call = waiting.shift();
    shown = call !== undefined;
    if (!call) return;
    const area = one("#now-call");
    one("#now-empty").hidden = true;
    area.hidden = false;
    one("#now-number").textContent = call.number;
    for (const label of root.querySelectorAll("[data-now-window]")) label.textContent = call.window;
    // Taking the class away and reading a size starts the animation anew.
    area.classList.remove("is-new");
    void area.offsetWidth;
    area.classList.add("is-new");
    setTimeout(showNext, turn);
  };

  // Each position is announced once, one call after the other, so that two windows never cut each other off.
  const announce = (call) => {
    if (call.position <= lastCall) return;
    lastCall = call.position;
    waiting.push(call);
    if (!shown) showNext();
  };

  const renderCalls = () => {
    const list = one("#calls");
    const template = one("#call-row");
    list.replaceChildren(...recent.map((call) => {
      const row = template.content.firstElementChild.cloneNode(true);
      row.dataset.call = String(call.position);
      row.classList.add(call.state === "called" ? "is-called" : "is-serving");
      row.querySelector(".number").textContent = call.number;
      row.querySelector(".window strong").textContent = call.window;
      row.querySelector(".time").textContent = shortTime.format(new Date(call.at));
      return row;
    }));
  };

  const onCall = (call) => {
    if (!recent.some((known) => known.number === call.number && known.position >= call.position)) {
      recent = [call, ...recent.filter((known) => known.number !== call.number)].slice(0, 8);
      renderCalls();
    }
    announce(call);
  };

  const onBoard = (board) => {
    if (wasReset) {
      if (board.position < lastCall) lastCall = 0;
      lastBoard = 0;
      wasReset = false;
    }
    if (board.position < lastBoard) return;
    lastBoard = board.position;
    recent = board.recent;
    renderCalls();
    // Calls that came while the connection was away.
    for (const call of [...board.calls].reverse()) if (call.state === "called") announce(call);
    if (recent.length === 0 && !shown) { one("#now-call").hidden = true; one("#now-empty").hidden = false; }
    one("#waiting-total").textContent = String(board.waiting);
    one("#windows-open").textContent = String(board.windows.filter((window) => window.state !== "paused").length);
    renderWaits(new Map(board.perService.map((line) => [line.service, line])));
  };

  const renderWaits = (lines) => {
    let shown = 0;
    for (const row of root.querySelectorAll("[data-service]")) {
      const line = lines.get(row.dataset.service);
      const count = line ? line.waiting : 0;
      const outlook = line?.outlook;
      row.hidden = count === 0;
      if (count > 0) shown += 1;
      row.querySelector(".count").textContent = String(count);
      row.querySelector(".range").hidden = !outlook;
      row.querySelector(".closed").hidden = Boolean(outlook);
      if (outlook) {
        row.querySelector(".minutes").textContent = outlook.lowMinutes === outlook.highMinutes
          ? String(outlook.expectedMinutes) : `${outlook.lowMinutes}–${outlook.highMinutes}`;
      }
    }
    one("#nobody").hidden = shown > 0;
    // All services that people wait for must fit on the screen.
    one("#waits").className = shown > 14 ? "is-dense" : shown > 8 ? "is-close" : "";
  };

  let isOpen = false;
  let isCurrent = root.dataset.live === "true";
  const renderState = () => {
    const live = isOpen && isCurrent;
    one("#state").classList.toggle("is-behind", !live);
    one("#state-live").hidden = !live;
    one("#state-behind").hidden = live;
  };

  root.addEventListener("live:event", (event) => {
    const { name, data } = event.detail;
    if (name === "reset") wasReset = true;
    if (name === "call") onCall(data);
    if (name === "board") onBoard(data);
    if (name === "status") { isCurrent = data.live; renderState(); }
  });

  // live.js notes the state of the connection on this element.
  const connection = one("[data-live-state]");
  new MutationObserver(() => { isOpen = connection.dataset.liveState === "open"; renderState(); })
    .observe(connection, { attributes: true, attributeFilter: ["data-live-state"] });
  isOpen = connection.dataset.liveState === "open";
  setInterval(() => { one("#clock").textContent = clock.format(new Date()); }, 1000);
})();
