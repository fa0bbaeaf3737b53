// At kiosks: one tap is one request, and an abandoned page goes back to the start.
//
//   <section data-idle-seconds="60" data-idle-to="/kiosk/hall">
//     <div class="idle-warning" data-idle-warning hidden>… <button data-idle-stay>…</button></div>
//   </section>
//   <button data-key="1" data-key-for="digits">                       a key of an on-screen keypad; `data-key=""` deletes
//   <strong data-count-of="service"></strong>                         how many boxes of that name are ticked
//   <button data-print>                                               prints the page
(() => {
  "use strict";

  // The server knows the request by its key, so a second tap would change nothing; this spares the wait.
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      form.setAttribute("aria-busy", "true");
      setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = true; }, 0);
    });
  }
  // Coming back with the browser's own button must not find a dead form.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    }
  });

  for (const key of document.querySelectorAll("[data-key-for]")) {
    key.addEventListener("click", () => {
      const input = document.getElementById(key.dataset.keyFor);
      if (!input) return;
      if (key.dataset.key === "") input.value = input.value.slice(0, -1);
      else if (input.maxLength < 0 || input.value.length < input.maxLength) input.value += key.dataset.key;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  // Without scripts the style sheet counts; written as text, a screen reader tells of it.
  for (const count of document.querySelectorAll("[data-count-of]")) {
    const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${count.dataset.countOf}"]`)];
    const show = () => { count.textContent = String(boxes.filter((box) => box.checked).length); };
    for (const box of boxes) box.addEventListener("change", show);
    window.addEventListener("pageshow", show);
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const root = document.querySelector("[data-idle-seconds]");
  if (!root) return;
  const limit = Number(root.dataset.idleSeconds) * 1000;
  const grace = 15000;
  const warning = root.querySelector("[data-idle-warning]");
  let warnTimer;
  let leaveTimer;

  const restart = () => {
    clearTimeout(warnTimer);
    clearTimeout(leaveTimer);
    if (warning) warning.hidden = true;
    warnTimer = setTimeout(() => {
      if (!warning) return;
      warning.hidden = false;
      warning.querySelector("[data-idle-stay]")?.focus();
    }, Math.max(0, limit - grace));
    leaveTimer = setTimeout(() => location.replace(root.dataset.idleTo), limit);
  };
  for (const name of ["pointerdown", "keydown", "input", "scroll"]) document.addEventListener(name, restart, { passive: true });
  restart();
})();
