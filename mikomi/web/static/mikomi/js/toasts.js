// Passing messages. The server sends them in the page, or with htmx by the header
// HX-Trigger: {"mikomi:toast": {"text": "…", "tone": "success", "action": "Undo", "href": "/…"}}.
const region = document.getElementById("toasts");
const STAY = 7000; // milliseconds; errors stay until they are dismissed

function watch(toast) {
  if (toast.dataset.toast === "error") return;
  let timer = setTimeout(() => toast.remove(), STAY);
  const hold = () => clearTimeout(timer);
  const release = () => (timer = setTimeout(() => toast.remove(), STAY));
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusout", release);
}

function show({ text, tone = "info", action = "", href = "" }) {
  if (!region || !text) return;
  const toast = Object.assign(document.createElement("div"), { className: "toast" });
  toast.dataset.toast = tone;
  toast.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (href) toast.append(Object.assign(document.createElement("a"), { textContent: action, href }));
  const close = Object.assign(document.createElement("button"), { type: "button", className: "toast-close", textContent: "×" });
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", region.dataset.dismiss);
  toast.append(close);
  region.append(toast);
  watch(toast);
}

region?.querySelectorAll("[data-toast]").forEach(watch);
document.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest(".toast").remove());
document.addEventListener("mikomi:toast", (event) => show(event.detail));
document.addEventListener("htmx:sendError", () => show({ text: region?.dataset.offline, tone: "error" }));
document.addEventListener("htmx:responseError", (event) => {
  const forbidden = [401, 403].includes(event.detail.xhr.status);
  show({ text: forbidden ? region?.dataset.forbidden : region?.dataset.failed, tone: "error" });
});
