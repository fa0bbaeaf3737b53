// On staff pages: shows the hall as it is now, and how long a stretch has lasted. The pages work without: every step reloads them.
//
//   <div data-live-src="/live/halls/x" data-live-events="board call">   whose events say that something has changed
//   <div id="hall-now" data-refresh>…</div>                             replaced by the same element of a fresh page
//   <span data-since="1790000000000">…</span>                           minutes and seconds since then
//   <div class="table-scroll" tabindex="0">…</div>                      a stop of the keyboard only while its table is wider than it
(() => {
  "use strict";

  const show = () => {
    for (const element of document.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Number(element.dataset.since)) / 1000));
      element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  };
  show();
  setInterval(show, 1000);

  const markScrollable = () => {
    for (const region of document.querySelectorAll(".table-scroll")) {
      if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    }
  };
  markScrollable();
  window.addEventListener("resize", markScrollable);

  let timer;
  let loading = false;
  let again = false;

  // What somebody is filling in is not taken away under their hands.
  const isInUse = (element) => element.contains(document.activeElement) && /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);

  const refresh = async () => {
    if (loading) { again = true; return; }
    loading = true;
    try {
      const response = await fetch(location.pathname, { headers: { Accept: "text/html" }, credentials: "same-origin", redirect: "manual" });
      if (response.type === "opaqueredirect") { location.reload(); return; }
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const element of document.querySelectorAll("[data-refresh]")) {
        const other = fresh.getElementById(element.id);
        if (!other || isInUse(element)) continue;
        const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
        const scrolled = [...element.querySelectorAll(".table-scroll")].map((region) => [region.id, region.scrollLeft]);
        element.replaceChildren(...other.childNodes);
        for (const [id, left] of scrolled) {
          const region = document.getElementById(id);
          if (region) region.scrollLeft = left;
        }
        if (focused) document.getElementById(focused)?.focus();
      }
      markScrollable();
      show();
    } catch {
      // The next event tries again; the connection's state is shown beside.
    } finally {
      loading = false;
      if (again) { again = false; schedule(); }
    }
  };

  // Several events of one step come together.
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 150);
  };

  document.addEventListener("live:event", (event) => {
    if (event.detail.name !== "status") schedule();
  });
})();
