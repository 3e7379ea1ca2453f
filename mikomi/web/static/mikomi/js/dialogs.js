// Dialogs (data-dialog="ID" opens, data-dialog-close closes) and menus (<details class="menu">) that close by themselves.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    opener.closest("details.menu")?.removeAttribute("open");
    dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("mikomi:dialog", { bubbles: true }));
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  // A click on the veil hits the dialog element itself.
  if (event.target.matches("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail) event.target.close();
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
  const results = document.querySelector("[data-results]");
  if (results && !event.target.closest(".search-box")) results.replaceChildren();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelector("[data-results]")?.replaceChildren();
  const menu = event.target.closest("details.menu[open]") ?? document.querySelector("details.menu[open]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary").focus();
});
// Only one menu at a time; arrows move inside it.
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-item")];
  const index = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  items[(index + items.length) % items.length]?.focus();
});
// Opened by the server (data-open): shown as a modal as soon as it arrives.
const openMarked = (root) => root.querySelectorAll("dialog[data-open]:not([open])").forEach((dialog) => dialog.showModal());
openMarked(document);
document.addEventListener("htmx:afterSettle", () => openMarked(document));
