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

  // The large area shows a call, or that nobody is called.
  const showNow = (call) => {
    one("#now-call").classList.remove("is-new");
    one("#now-call").hidden = !call;
    one("#now-empty").hidden = Boolean(call);
    if (!call) return;
    one("#now-number").textContent = call.number;
    for (const label of root.querySelectorAll("[data-now-window]")) label.textContent = call.window;
  };

  // When no announcement has the area for itself, it is for the newest call that is still awaited.
  const settle = () => {
    if (shown) return;
    const call = recent.find((known) => known.state === "called");
    // What is there already would be read out once more.
    const stays = call && !one("#now-call").hidden && one("#now-number").textContent === call.number
      && one("[data-now-window]").textContent === call.window;
    if (!stays) showNow(call);
  };

  const showNext = () => {
    const call = waiting.shift();
    shown = call !== undefined;
    if (!call) { settle(); return; }
    showNow(call);
    // Reading a size after the class was taken away starts the animation anew.
    void one("#now-call").offsetWidth;
    one("#now-call").classList.add("is-new");
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
      row.classList.add(call.state === "called" ? "is-called" : "is-past");
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
    settle();
    one("#waiting-total").textContent = String(board.waiting);
    one("#windows-open").textContent = String(board.windows.filter((window) => window.state !== "paused").length);
    renderWaits(new Map(board.perService.map((line) => [line.service, line])));
  };

  // The services that people wait for: all of them when they fit, else a page of them in turns.
  const pageTime = 10000;
  let rows = [];
  let page = 0;

  const layOut = () => {
    const panel = one("#waiting");
    const scrolls = getComputedStyle(panel).overflowY === "visible";
    for (let pages = scrolls || rows.length <= 12 ? 1 : Math.ceil(rows.length / 10); ; pages += 1) {
      const size = Math.ceil(rows.length / pages);
      const first = (page % pages) * size;
      rows.forEach((row, index) => { row.hidden = index < first || index >= first + size; });
      one("#page").hidden = pages === 1;
      one("#page-number").textContent = `${page % pages + 1}/${pages}`;
      for (const density of ["", "is-close", "is-dense"]) {
        one("#waits").className = density;
        if (panel.scrollHeight <= panel.clientHeight) return;
      }
      if (size <= 1) return;
    }
  };

  const renderWaits = (lines) => {
    rows = [];
    for (const row of root.querySelectorAll("[data-service]")) {
      const line = lines.get(row.dataset.service);
      const count = line ? line.waiting : 0;
      const outlook = line?.outlook;
      row.hidden = count === 0;
      if (count > 0) rows.push(row);
      row.querySelector(".count").textContent = String(count);
      row.querySelector(".range").hidden = !outlook;
      row.querySelector(".closed").hidden = Boolean(outlook);
      if (outlook) {
        row.querySelector(".minutes").textContent = outlook.lowMinutes === outlook.highMinutes
          ? String(outlook.expectedMinutes) : `${outlook.lowMinutes}–${outlook.highMinutes}`;
      }
    }
    one("#nobody").hidden = rows.length > 0;
    layOut();
  };
  rows = [...root.querySelectorAll("[data-service]")].filter((row) => row.querySelector(".count").textContent !== "0");
  layOut();
  window.addEventListener("resize", layOut);
  setInterval(() => { page += 1; layOut(); }, pageTime);

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
