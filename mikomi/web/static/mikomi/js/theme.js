// The theme changes at once; the same form does it on the server when this script is absent.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]")) return;
  event.preventDefault();
  const theme = event.submitter.value;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  document.documentElement.dataset.theme = theme;
  for (const item of event.target.querySelectorAll("[name=theme]")) {
    if (item === event.submitter) item.setAttribute("aria-pressed", "true");
    else item.removeAttribute("aria-pressed");
  }
  event.target.closest("details")?.removeAttribute("open");
});
