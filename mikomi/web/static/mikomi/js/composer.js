// A template is put into the composer: under what is typed already, never over it.
document.addEventListener("click", async (event) => {
  const chosen = event.target.closest("[data-template]");
  if (!chosen) return;
  const form = chosen.closest("form");
  const area = form.querySelector("textarea");
  const answer = await fetch(chosen.dataset.template, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    const text = document.getElementById("toasts")?.dataset.failed;
    return document.dispatchEvent(new CustomEvent("mikomi:toast", { detail: { text, tone: "error" } }));
  }
  const filled = await answer.json();
  area.value = area.value.trim() ? `${area.value.trimEnd()}\n\n${filled.text}` : filled.text;
  form.querySelector("[data-template-key]").value = filled.key;
  chosen.closest("details").open = false;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  // The first place that a person must fill in is selected.
  const place = area.value.indexOf("【");
  if (place >= 0) area.setSelectionRange(place, area.value.indexOf("】", place) + 1);
});
