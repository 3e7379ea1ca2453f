// Small things around htmx: a busy button is not pressed twice, a conversation is read from its end.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  // After the browser has read the form; the name and value of the button are still sent.
  setTimeout(() => button.setAttribute("aria-disabled", "true"));
});
document.addEventListener("click", (event) => {
  if (event.target.closest("button[aria-disabled=true]")) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.target.querySelectorAll?.("button[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
});
addEventListener("pageshow", () => {
  document.querySelectorAll("button[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
});
const toEnd = () => document.querySelectorAll("[data-read-from-end]").forEach((pane) => (pane.scrollTop = pane.scrollHeight));
toEnd();
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.querySelector?.("[data-read-from-end]") || event.target.matches?.("[data-read-from-end] *")) toEnd();
});
