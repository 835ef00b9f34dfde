// Keeps the open page up to date, and makes control calls for its buttons.
//
// The server renders everything: this script fetches the page that is open, and replaces the parts marked `data-live`
// that changed. The list has as many rows as fit around the window; the space of the others is padding.
const POLL = 1000; // milliseconds
const MARGIN = 30; // rows that must exist above and below the window

const list = document.getElementById("rows");
const filters = document.getElementById("filters");
const status = document.getElementById("status");
const rows = list ? { total: Number(list.dataset.total), offset: Number(list.dataset.offset), height: 0 } : null;

let timer = 0;
let running = null;
let failures = 0;

// ---- Updates

/** Fetches the open page, and shows what changed. Only the last of several calls has an effect. */
async function update() {
  clearTimeout(timer);
  running?.abort();
  const own = (running = new AbortController());
  const url = new URL(location.href);
  if (rows) url.searchParams.set("offset", rows.offset);
  try {
    const response = await fetch(url, { signal: own.signal });
    const text = await response.text();
    if (own.signal.aborted) return;
    if (text !== update.last) show(text);
    if (response.ok) update.last = text;
    if (failures > 0) status.textContent = "";
    failures = 0;
  } catch {
    if (own.signal.aborted) return;
    failures += 1;
    status.textContent = "The sandbox does not respond. Trying again …";
  }
  timer = setTimeout(poll, POLL * Math.min(1 + failures, 5));
}

function poll() {
  if (document.hidden) timer = setTimeout(poll, POLL);
  else update();
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = page.getElementById(old.id);
    if (!next || old.isEqualNode(next)) continue;
    const { value } = old;
    old.className = next.className;
    old.replaceChildren(...next.childNodes);
    // Options that move from one list to another can be selected on the way.
    if (value !== undefined) old.value = value;
  }
  const next = page.getElementById("rows");
  if (list && next) showRows(next);
}

// ---- Rows

/** Replaces the rows that changed. What is in the window and what has the focus stay where they are. */
function showRows(next) {
  const anchor = [...list.children].find((row) => row.getBoundingClientRect().bottom > 0);
  const isScrolled = list.getBoundingClientRect().top < 0;
  const before = anchor?.getBoundingClientRect().top;
  const wanted = [...next.children];
  const ids = new Set(wanted.map((row) => row.id));
  const kept = new Map();
  for (const row of [...list.children]) {
    if (ids.has(row.id)) kept.set(row.id, row);
    else row.remove();
  }
  let place = list.firstElementChild;
  for (const row of wanted) {
    const old = kept.get(row.id);
    if (!old) {
      list.insertBefore(row, place);
      continue;
    }
    place = old.nextElementSibling;
    if (old.isEqualNode(row)) continue;
    old.setAttribute("aria-posinset", row.getAttribute("aria-posinset"));
    old.setAttribute("aria-setsize", row.getAttribute("aria-setsize"));
    if (old.innerHTML === row.innerHTML) continue;
    const hadFocus = old.contains(document.activeElement);
    old.replaceChildren(...row.childNodes);
    if (hadFocus) old.querySelector("a").focus({ preventScroll: true });
  }
  rows.total = Number(next.dataset.total);
  rows.offset = Number(next.dataset.offset);
  layOut();
  if (anchor?.isConnected && isScrolled) scrollBy(0, anchor.getBoundingClientRect().top - before);
}

/** Gives the list the height that it would have with all rows. */
function layOut() {
  rows.height = list.firstElementChild?.offsetHeight || rows.height;
  const below = Math.max(rows.total - rows.offset - list.children.length, 0);
  list.style.paddingBlock = `${rows.offset * rows.height}px ${below * rows.height}px`;
}

/** Fetches other rows if the window is close to the end of those that exist. */
function follow() {
  if (!rows.height) return;
  const first = Math.floor(-list.getBoundingClientRect().top / rows.height);
  const last = first + Math.ceil(innerHeight / rows.height);
  const end = rows.offset + list.children.length;
  const isMissing =
    (rows.offset > 0 && first - MARGIN < rows.offset) || (end < rows.total && last + MARGIN > end);
  const offset = Math.max(Math.min(first, rows.total) - MARGIN * 1.5, 0);
  if (isMissing && offset !== rows.offset) {
    rows.offset = offset;
    update();
  }
}

function focusRow(event, step) {
  const row = event.target.closest("#rows > li");
  const next = step > 0 ? row?.nextElementSibling : row?.previousElementSibling;
  if (!next) return;
  event.preventDefault();
  next.querySelector("a").focus();
}

// ---- Filters

function filter() {
  const query = new URLSearchParams(new FormData(filters));
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  history.replaceState(null, "", `?${query}`);
  rows.offset = 0;
  if (list.getBoundingClientRect().top < 0) list.scrollIntoView();
  update();
}

// ---- Control calls

/** The fields of a form as JSON: numbers where the call has numbers, without empty ones. */
function body(form, submitter) {
  const result = {};
  for (const [name, value] of new FormData(form, submitter)) {
    const field = form.elements[name];
    const isNumber = field.type === "number" || ["seconds", "rating"].includes(name);
    if (value !== "") result[name] = isNumber ? Number(value) * Number(field.dataset?.times ?? 1) : value;
  }
  return JSON.stringify(result);
}

async function call(form, submitter) {
  const { call, method = "POST", done } = form.dataset;
  const options = method === "POST" ? { method, body: body(form, submitter) } : { method };
  try {
    const response = await fetch(call, options);
    const result = response.status === 204 ? {} : await response.json();
    status.textContent = response.ok ? done + (result.readWith ?? result.now ?? result.id ?? "") : result.error;
    if (response.ok && "reset" in form.dataset) form.reset();
  } catch {
    status.textContent = "The sandbox does not respond.";
  }
  update();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("call" in form.dataset) && form !== filters) return;
  event.preventDefault();
  if (form === filters) filter();
  else call(form, event.submitter);
});

document.querySelector("[data-back]")?.addEventListener("click", (event) => {
  // Back to the same filters and the same place.
  if (!document.referrer.startsWith(`${location.origin}/`) || history.length < 2) return;
  event.preventDefault();
  history.back();
});

if (list) {
  document.getElementById("pages").hidden = true;
  filters.addEventListener("input", filter);
  list.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") focusRow(event, 1);
    if (event.key === "ArrowUp") focusRow(event, -1);
  });
  addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
  addEventListener("resize", layOut);
  addEventListener("pagehide", () => history.replaceState({ y: scrollY }, ""));
  layOut();
  if (history.state?.y) scrollTo(0, history.state.y);
}
timer = setTimeout(poll, POLL);
