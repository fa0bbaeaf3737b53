// Live updates over server-sent events. Pages work without: they show the state at loading and reload by themselves.
//
//   <div data-live-src="/live/halls/x" data-live-events="board">      where, and which events besides `message`
//     {{> live-state}}                                                shows the connection
//     <b data-live-text="waiting"></b>                                text of a field, paths as a.b
//     <b data-live-plural="waiting" data-one="person" data-other="people"></b>   the word that goes with the field's number
//     <p data-live-show="call"></p>                                   shown when the field is neither empty, 0 nor false
//     <i data-live-attribute="data-state:state"></i>                  an attribute from a field
//     <ul data-live-list="calls" data-live-key="number"><template>…</template></ul>
//     <p role="status" data-live-announce="call" data-text="…{number}…"></p>   spoken on that event
//     <button data-live-chime="call" hidden></button>                 turns the chime on; browsers want a gesture first
//
// An event `fragment` with {"target": id, "html": …} replaces the content of that element.
(() => {
  "use strict";

  const field = (data, path) => path === "." ? data : path.split(".").reduce((value, key) => value == null ? undefined : value[key], data);
  const filled = (value) => !(value == null || value === "" || value === 0 || value === false || (Array.isArray(value) && value.length === 0));
  const fill = (text, data) => text.replace(/\{([\w.]+)\}/g, (_, path) => field(data, path) ?? "");

  // The plural form of the language that the element is in, as the server chooses it too.
  const plural = (element, number) => new Intl.PluralRules(element.closest("[lang]")?.lang || undefined).select(number);

  // Elements of a list are bound to their own entry, so they are left out when the whole is bound.
  const within = (root, selector) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches(selector)) found.unshift(root);
    return found.filter((element) => {
      const list = element.parentElement?.closest("[data-live-list]");
      return !list || list === root || !root.contains(list);
    });
  };

  const bind = (root, data) => {
    for (const element of within(root, "[data-live-text]")) {
      const value = field(data, element.dataset.liveText);
      if (value !== undefined) element.textContent = value ?? "";
    }
    for (const element of within(root, "[data-live-plural]")) {
      const number = field(data, element.dataset.livePlural);
      if (typeof number === "number") element.textContent = plural(element, number) === "one" ? element.dataset.one : element.dataset.other;
    }
    for (const element of within(root, "[data-live-show]")) {
      const path = element.dataset.liveShow;
      const negated = path.startsWith("!");
      element.hidden = filled(field(data, negated ? path.slice(1) : path)) === negated;
    }
    for (const element of within(root, "[data-live-attribute]")) {
      for (const pair of element.dataset.liveAttribute.split(/\s+/)) {
        const [name, path] = pair.split(":");
        const value = field(data, path);
        if (/^(data-|aria-|value$|class$)/.test(name) && value !== undefined) element.setAttribute(name, value ?? "");
      }
    }
    for (const list of within(root, "[data-live-list]")) {
      const entries = field(data, list.dataset.liveList);
      if (Array.isArray(entries)) bindList(list, entries);
    }
  };

  const bindList = (list, entries) => {
    const template = list.querySelector(":scope > template");
    if (!template) return;
    const key = list.dataset.liveKey;
    const known = new Map([...list.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
    const rows = entries.map((entry) => {
      const name = key ? String(field(entry, key)) : "";
      const row = known.get(name) ?? template.content.firstElementChild.cloneNode(true);
      if (name) row.dataset.key = name;
      bind(row, entry);
      return row;
    });
    list.replaceChildren(template, ...rows);
  };

  class Live {
    constructor(root) {
      this.root = root;
      this.source = null;
      this.lastID = "";
      this.failures = 0;
      this.heard = Date.now();
      this.open();
      document.addEventListener("visibilitychange", () => this.revive());
      window.addEventListener("online", () => this.revive());
      window.addEventListener("pageshow", (event) => { if (event.persisted) this.reopen(); });
      window.addEventListener("pagehide", () => this.source?.close());
    }

    // A phone that was locked may hold a connection that is dead without knowing it.
    revive() {
      if (document.hidden) { this.hiddenAt = Date.now(); return; }
      const slept = this.hiddenAt && Date.now() - this.hiddenAt > 20000;
      if (slept || this.source?.readyState !== EventSource.OPEN) this.reopen();
    }

    reopen() {
      clearTimeout(this.timer);
      this.source?.close();
      this.open();
    }

    open() {
      this.show("connecting");
      const url = new URL(this.root.dataset.liveSrc, location.href);
      if (this.lastID) url.searchParams.set("lastEventID", this.lastID);
      const source = new EventSource(url);
      this.source = source;
      source.onopen = () => { this.failures = 0; this.show("open"); };
      source.onerror = () => {
        this.show("lost");
        // A refused connection is final for the browser: try again ourselves, more and more slowly.
        if (source.readyState === EventSource.CLOSED) {
          this.failures += 1;
          const wait = Math.min(30000, 1000 * 2 ** Math.min(this.failures, 5)) * (0.5 + Math.random());
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.reopen(), wait);
        }
      };
      source.addEventListener("reset", () => { this.lastID = ""; this.tell("reset", null); });
      source.addEventListener("fragment", (event) => this.receive("fragment", event));
      source.addEventListener("message", (event) => this.receive("message", event));
      for (const name of (this.root.dataset.liveEvents ?? "").split(/\s+/).filter(Boolean)) {
        source.addEventListener(name, (event) => this.receive(name, event));
      }
    }

    receive(name, event) {
      if (event.lastEventId) this.lastID = event.lastEventId;
      let data;
      try { data = JSON.parse(event.data); } catch { return; }
      if (name === "fragment") {
        const target = document.getElementById(data.target);
        if (target && this.root.contains(target)) target.innerHTML = data.html;
      } else {
        bind(this.root, data);
      }
      for (const element of this.root.querySelectorAll("[data-live-announce]")) {
        if (element.dataset.liveAnnounce === name) element.textContent = fill(element.dataset.text ?? "", data);
      }
      if (chime.event === name) chime.play();
      this.tell(name, data);
    }

    tell(name, data) {
      this.root.dispatchEvent(new CustomEvent("live:event", { bubbles: true, detail: { name, data } }));
    }

    show(state) {
      for (const element of this.root.querySelectorAll("[data-live-state]")) {
        element.dataset.liveState = state;
        for (const part of element.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
      }
    }
  }

  const chime = {
    event: null,
    context: null,
    enable(button) {
      this.context ??= new AudioContext();
      this.context.resume();
      this.event = button.dataset.liveChime;
      button.setAttribute("aria-pressed", "true");
      this.play();
    },
    disable(button) {
      this.event = null;
      button.setAttribute("aria-pressed", "false");
    },
    play() {
      if (!this.context) return;
      const now = this.context.currentTime;
      [[880, 0], [659, 0.35]].forEach(([pitch, delay]) => {
        const tone = this.context.createOscillator();
        const volume = this.context.createGain();
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, now + delay);
        volume.gain.exponentialRampToValueAtTime(0.3, now + delay + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, now + delay + 0.8);
        tone.connect(volume).connect(this.context.destination);
        tone.start(now + delay);
        tone.stop(now + delay + 0.85);
      });
    },
  };

  const clocks = () => {
    for (const element of document.querySelectorAll("[data-clock]")) {
      const zone = element.dataset.timeZone || undefined;
      element.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
    }
  };

  for (const root of document.querySelectorAll("[data-live-src]")) new Live(root);
  for (const button of document.querySelectorAll("[data-live-chime]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => chime.event ? chime.disable(button) : chime.enable(button));
  }
  if (document.querySelector("[data-clock]")) { clocks(); setInterval(clocks, 5000); }
})();
