// Keys are declared on elements: data-key="r" clicks (a link, button, choice) or focuses (a field) that element.
// data-key-label names it in the list under "?"; data-key-then is the id of what gets the focus afterwards.
// A container with data-keys-next and data-keys-previous moves the focus through its [data-row] elements.
// Inside a focused row, that row's own keys come first. Single keys can be switched off (WCAG 2.1.4).
const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const visible = (element) => element.checkVisibility({ visibilityProperty: true });
const singleKeys = () => localStorage.getItem("single-keys") !== "off";

const nameOf = (event) =>
  event.metaKey || event.ctrlKey ? `mod+${event.key.toLowerCase()}` : event.altKey ? "" : event.key;

function open(element) {
  // A key may stand in a closed menu: then its act still counts.
  if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
  document.getElementById(element.dataset.keyThen ?? "")?.focus();
}

function step(container, direction) {
  const rows = [...container.querySelectorAll("[data-row]")].filter(visible);
  const current = document.activeElement?.closest("[data-row]") ?? container.querySelector("[data-row]:has([aria-current])");
  const index = rows.indexOf(current);
  const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + direction))];
  const target = next?.matches("a, button") ? next : next?.querySelector("a, button");
  target?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function move(event, key) {
  for (const container of document.querySelectorAll("[data-keys-next]")) {
    const direction = { [container.dataset.keysNext]: 1, [container.dataset.keysPrevious]: -1 }[key];
    const arrows = key.startsWith("Arrow") && !container.parentElement.contains(document.activeElement);
    if (!direction || arrows || !visible(container) || !container.querySelector("[data-row]")) continue;
    event.preventDefault();
    step(container, direction);
    return true;
  }
  return false;
}

function find(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const inRow = document.activeElement?.closest("[data-row]")?.querySelector(selector);
  const all = [...document.querySelectorAll(selector)];
  return inRow ?? all.find(visible) ?? all[0];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = nameOf(event);
  const writes = typing(event.target);
  if (key === "mod+Enter" || key === "mod+enter") {
    const submit = event.target.closest("form")?.querySelector("[data-submit-key]");
    if (submit) submit.form.requestSubmit(submit);
    return;
  }
  if (key === "Escape" && writes) return void writes.blur();
  if (key.startsWith("Arrow")) return void move(event, key);
  if (!key.startsWith("mod+") && (writes || !singleKeys() || document.querySelector("dialog[open]"))) return;
  if (move(event, key)) return;
  const element = find(key);
  if (!element || element.disabled) return;
  event.preventDefault();
  open(element);
});

// The list under "?" is made from what the page declares.
document.addEventListener("mikomi:dialog", (event) => {
  const list = event.target.querySelector("[data-keys-list]");
  if (!list) return;
  list.querySelectorAll("[data-made]").forEach((made) => made.remove());
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key][data-key-label]")) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const term = Object.assign(document.createElement("dt"), { innerHTML: "<kbd></kbd>" });
    term.firstChild.textContent = element.dataset.key.replace("mod+k", mac ? "⌘ K" : "Ctrl K");
    const word = Object.assign(document.createElement("dd"), { textContent: element.dataset.keyLabel });
    for (const made of [term, word]) made.dataset.made = "";
    list.append(term, word);
  }
  event.target.querySelector("[data-single-keys]").checked = singleKeys();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-single-keys]")) localStorage.setItem("single-keys", event.target.checked ? "on" : "off");
});
if (mac) document.querySelectorAll("[data-mod-key]").forEach((kbd) => (kbd.textContent = `⌘ ${kbd.dataset.modKey}`));
