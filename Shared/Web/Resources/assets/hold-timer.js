// Shows how long a held place stays held. The server decides; this only tells.
//
//   <div data-hold-until="2026-11-23T09:40:00Z" data-hold-now="2026-11-23T09:30:12Z">
//     <span data-hold-active>… <span class="hold-timer-left" data-hold-left></span></span>
//     <span data-hold-over hidden>…</span>
//     <p class="sr-announce" role="status" data-hold-announce data-text="…{count}…" data-text-one="…1…"></p>
//   </div>
// Buttons with `data-hold-needed` are switched off when the time is over.
(() => {
  "use strict";

  for (const root of document.querySelectorAll("[data-hold-until]")) {
    // The clock of the device may be wrong; only the difference between the two server times counts.
    const length = Date.parse(root.dataset.holdUntil) - Date.parse(root.dataset.holdNow);
    if (!Number.isFinite(length)) continue;
    const end = performance.now() + length;
    const left = root.querySelector("[data-hold-left]");
    const announce = root.querySelector("[data-hold-announce]");
    const told = new Set();
    const timer = setInterval(show, 500);

    function show() {
      const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      if (left) left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      for (const minutes of [5, 2, 1]) {
        if (announce && seconds <= minutes * 60 && seconds > (minutes - 1) * 60 && !told.has(minutes)) {
          told.add(minutes);
          const text = minutes === 1 ? announce.dataset.textOne : announce.dataset.text;
          if (length > minutes * 60000) announce.textContent = (text ?? "").replace("{count}", minutes);
        }
      }
      if (seconds > 0) return;
      clearInterval(timer);
      for (const element of root.querySelectorAll("[data-hold-active]")) element.hidden = true;
      for (const element of root.querySelectorAll("[data-hold-over]")) { element.hidden = false; element.setAttribute("role", "alert"); }
      for (const button of document.querySelectorAll("[data-hold-needed]")) button.disabled = true;
    }
    show();
  }
})();
