// What is typed into a form with data-draft="KEY" is kept on this device until it is sent.
const keyOf = (form) => `draft:${form.dataset.draft}`;
const boxOf = (form) => form.querySelector("textarea");

function restore(form) {
  const kept = localStorage.getItem(keyOf(form));
  const box = boxOf(form);
  if (kept && !box.value) {
    box.value = kept;
    say(form);
  }
}

function say(form) {
  const state = form.querySelector("[data-draft-state]");
  if (state) state.textContent = boxOf(form).value ? state.dataset.saved : "";
}

let timer;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form || event.target !== boxOf(form)) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (event.target.value) localStorage.setItem(keyOf(form), event.target.value);
    else localStorage.removeItem(keyOf(form));
    say(form);
  }, 400);
});
// Sent with htmx: forgotten when the server took it. Sent as a page: forgotten when the next page says so
// with <meta name="draft-sent" content="KEY">, because only the server knows that it arrived.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target; // not what lies in it: a file that was added sends nothing
  if (!form.matches?.("form[data-draft]") || !event.detail.successful || event.detail.xhr.status === 422) return;
  clearTimeout(timer);
  localStorage.removeItem(keyOf(form));
});
// Who signs out leaves nothing on a shared device.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget-drafts]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
});
const start = (root) => root.querySelectorAll("form[data-draft]").forEach(restore);
document.querySelectorAll("meta[name=draft-sent]").forEach((meta) => localStorage.removeItem(`draft:${meta.content}`));
start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.target.parentElement ?? document));
