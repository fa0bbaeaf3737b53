// The list of the halls: fills in the counts as they change. live.js keeps the connection.
(() => {
  "use strict";

  const root = document.getElementById("halls");
  root.addEventListener("live:event", (event) => {
    const { name, data } = event.detail;
    if (name !== "hall") return;
    const row = root.querySelector(`[data-hall="${data.hall}"]`);
    if (!row) return;
    row.querySelector(".waiting").textContent = String(data.waiting);
    row.querySelector(".open").textContent = String(data.openWindows);
  });
})();
