// The demo's telephone: new messages appear on top. live.js keeps the connection.
(() => {
  "use strict";

  const root = document.getElementById("phone");
  const list = document.getElementById("messages");
  const template = document.getElementById("message-row");

  root.addEventListener("live:event", (event) => {
    const { name, data } = event.detail;
    if (name !== "text" || list.querySelector(`[data-message="${data.id}"]`)) return;
    const row = template.content.firstElementChild.cloneNode(true);
    row.dataset.message = String(data.id);
    row.querySelector(".phone").textContent = data.phone;
    row.querySelector(".text").textContent = data.text;
    row.querySelector(".text").lang = data.language;
    const time = row.querySelector("time");
    time.dateTime = data.at;
    time.textContent = new Date(data.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
    list.prepend(row);
    document.getElementById("no-messages").hidden = true;
  });
})();
