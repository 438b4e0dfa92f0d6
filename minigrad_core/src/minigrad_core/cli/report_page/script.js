"use strict";
// Without this the page is whole, too: a red cell leads to its failure below the grids.
const element = (id) => document.getElementById(id);
const [namespace, law, text, only, shown] = ["namespace", "law", "text", "only", "shown"].map(element);
const dialog = element("detail");
const rows = [...document.querySelectorAll("tbody tr[data-namespace]")];
const columns = document.head.appendChild(document.createElement("style"));
let opener = null;

document.documentElement.classList.add("js");

function fits(row) {
  const failed = law.value ? `.failed[data-law="${CSS.escape(law.value)}"]` : ".failed";
  return (!namespace.value || row.dataset.namespace === namespace.value)
    && row.dataset.text.includes(text.value.trim().toLowerCase())
    && (!law.value || row.querySelector(`[data-law="${CSS.escape(law.value)}"]`))
    && (!only.checked || row.querySelector(failed));
}

function filter() {
  columns.textContent = law.value ? `[data-law]:not([data-law="${CSS.escape(law.value)}"]) { display: none }` : "";
  let count = 0;
  for (const row of rows) {
    row.hidden = !fits(row);
    count += !row.hidden;
  }
  for (const section of document.querySelectorAll(".kind")) {
    const all = section.querySelectorAll("tbody tr").length, left = section.querySelectorAll("tbody tr:not([hidden])").length;
    section.hidden = !left;
    section.querySelector("h2 span").textContent = (left === all ? [all] : [left, all]).map((n) => n.toLocaleString("en")).join(" of ");
  }
  element("nothing").hidden = count > 0;
  shown.textContent = count === rows.length ? `${count} subjects` : `${count} of ${rows.length} subjects`;
  document.querySelectorAll('[role="grid"]').forEach(enter);
}

// One cell of each grid is reached by Tab, the others from there by the arrow keys.
const target = (cell) => cell.querySelector("a") || cell;
const visible = (cells) => [...cells].filter((cell) => cell.offsetParent !== null);
const lines = (grid) => [...grid.querySelectorAll("tbody tr:not([hidden])")];

function enter(grid) {
  grid.querySelectorAll('tbody [tabindex="0"]').forEach((cell) => { cell.tabIndex = -1; });
  const first = grid.querySelector("tbody tr:not([hidden]) td.failed:not([hidden]) a") || grid.querySelector("tbody tr:not([hidden]) td");
  if (first) first.tabIndex = 0;
}

function focusOn(grid, cell) {
  grid.querySelectorAll('tbody [tabindex="0"]').forEach((other) => { other.tabIndex = -1; });
  const found = target(cell);
  found.tabIndex = 0;
  found.focus();
  found.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function move(event) {
  const cell = event.target.closest("tbody td");
  if (!cell || event.ctrlKey && !["Home", "End"].includes(event.key)) return;
  const grid = cell.closest("table"), all = lines(grid), row = all.indexOf(cell.parentElement);
  const cells = visible(cell.parentElement.querySelectorAll("td")), at = cells.indexOf(cell);
  const to = {
    ArrowLeft: [row, at - 1], ArrowRight: [row, at + 1], ArrowUp: [row - 1, at], ArrowDown: [row + 1, at],
    PageUp: [row - 10, at], PageDown: [row + 10, at],
    Home: [event.ctrlKey ? 0 : row, 0], End: [event.ctrlKey ? all.length - 1 : row, cells.length - 1],
  }[event.key];
  if (!to) return;
  event.preventDefault();
  const line = all[Math.min(Math.max(to[0], 0), all.length - 1)];
  const near = visible(line.querySelectorAll("td"));
  focusOn(grid, near[Math.min(Math.max(to[1], 0), near.length - 1)]);
}

function open(anchor) {
  const article = element(anchor);
  if (!article || !article.matches("article")) return false;
  const copy = article.cloneNode(true);
  copy.removeAttribute("id");
  copy.querySelector("h3").id = "detail-title";
  copy.setAttribute("aria-labelledby", "detail-title");
  element("told").replaceChildren(copy);
  dialog.setAttribute("aria-label", copy.querySelector("h3").textContent);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  copy.querySelector("h3").focus();
  history.replaceState(null, "", `#${anchor}`);
  return true;
}

async function copied(button) {
  const from = button.parentElement.querySelector("pre");
  try {
    await navigator.clipboard.writeText(from.textContent);
  } catch {  // a page from disk may not be allowed to
    getSelection().selectAllChildren(from);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("td.failed a"), button = event.target.closest(".copy");
  if (link && !event.ctrlKey && !event.metaKey) {
    opener = link;
    if (open(link.hash.slice(1))) event.preventDefault();
  } else if (button) {
    copied(button);
  } else if (event.target === dialog) {
    dialog.close();  // beside the text
  }
});
dialog.addEventListener("close", () => {
  history.replaceState(null, "", location.pathname + location.search);
  if (opener) focusOn(opener.closest("table"), opener.closest("td"));
});
document.addEventListener("keydown", move);
element("filters").addEventListener("input", filter);
element("filters").addEventListener("submit", (event) => event.preventDefault());
filter();
if (location.hash) open(location.hash.slice(1));
