// The bar that takes an answer back goes when the answer leaves; chosen files can be chosen again.
for (const bar of document.querySelectorAll("[data-leaves-at]")) {
  const hide = () => bar.remove();
  setTimeout(hide, Math.max(0, new Date(bar.dataset.leavesAt) - Date.now()));
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("input[type=file]")) event.target.value = "";
});
