// Search, filters, keys and copying for coverage.html and index.html, which are whole without it. It reaches
// nothing outside of the page; what is chosen stands in the address.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  // How old it is depends on when it is read.
  for (const time of all("time[data-age]")) {
    const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / 86400000);
    if (days > 0) time.append(make("small", { textContent: days === 1 ? "1 day ago" : `${days} days ago` }));
  }

  const list = document.querySelector("[data-filter]");
  const items = all("[data-status], .short");
  const names = (list?.dataset.filter ?? "").split(" ").filter(Boolean);

  // Which part of the claims a check is for stands in the claims' own links.
  for (const link of all("section[data-part] a.check-link")) {
    const item = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!item) continue;
    const part = link.closest("[data-part]").dataset.part;
    const parts = (item.dataset.part ?? "").split(" ").filter(Boolean);
    if (!parts.includes(part)) item.dataset.part = [...parts, part].join(" ");
  }

  // A check may be for several parts; of the rest each is one thing.
  const valuesOf = (item, name) => {
    // Of a short line the outcome is known, and the rest is its group's.
    const group = item.matches(".short") ? { status: "passed", ...item.closest(".suite").dataset } : {};
    const value = item.dataset[name] ?? group[name] ?? "";
    return (name === "part" ? value.split(" ") : [value]).filter(Boolean);
  };
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, (item.id + " " + item.textContent).toLowerCase());
    return texts.get(item);
  };
  const chosen = () => {
    const hash = location.hash;
    return new URLSearchParams(hash.startsWith("#?") ? hash.slice(2) : "");
  };
  const said = make("span", { className: "muted" });
  said.setAttribute("role", "status");
  const search = make("input", { type: "search", name: "q", autocomplete: "off", spellcheck: false });
  const selects = {};

  const apply = () => {
    const values = chosen();
    const words = (values.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      const isShown =
        names.every((name) => {
          const value = values.get(name);
          return !value || valuesOf(item, name).includes(value);
        }) && words.every((word) => textOf(item).includes(word));
      item.hidden = !isShown;
      if (isShown) count += 1;
    }
    for (const group of all(".suite")) group.hidden = !group.querySelector("[data-status]:not([hidden]), .short:not([hidden])");
    said.textContent = count === items.length ? `${count}` : `${count} of ${items.length}`;
  };
  const write = () => {
    const values = new URLSearchParams();
    if (search.value) values.set("q", search.value);
    for (const name of names) if (selects[name].value) values.set(name, selects[name].value);
    const text = values.toString();
    history.replaceState(null, "", text ? `#?${text}` : "#" + (list.id || ""));
    apply();
  };

  if (list && items.length > 1) {
    const form = make("form", { className: "filter" }, make("label", {}, "Search ", search));
    form.setAttribute("role", "search");
    for (const name of names) {
      const values = new Set(items.flatMap((item) => valuesOf(item, name)));
      const select = make("select", { name }, make("option", { value: "", textContent: "all" }));
      for (const value of values) select.append(make("option", { value, textContent: value }));
      selects[name] = select;
      if (values.size > 1) form.append(make("label", {}, `${name} `, select));
    }
    form.append(said);
    form.addEventListener("input", write);
    form.addEventListener("submit", (event) => event.preventDefault());
    list.querySelector("[data-tools]")?.replaceWith(form);
  }

  const follow = () => {
    const values = chosen();
    if (list && items.length > 1) {
      search.value = values.get("q") ?? "";
      for (const name of names) selects[name].value = values.get(name) ?? "";
    }
    apply();
    if (location.hash.length < 2 || location.hash.startsWith("#?")) return;
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.hidden = false;
    for (let outer = target; outer; outer = outer.parentElement?.closest("details")) {
      if (outer instanceof HTMLDetailsElement) outer.open = true;
    }
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", follow);
  follow();

  // Only where the focus is among the items, so that no key does something by accident.
  list?.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    const step = { j: 1, n: 1, k: -1, p: -1 }[event.key];
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (step) {
      const isRed = event.key === "n" || event.key === "p";
      const shown = items.filter((item) => !item.hidden && (!isRed || item.matches(".bad, .warning")));
      const here = document.activeElement?.closest("[data-status], .short");
      let place = shown.indexOf(here);
      if (place < 0 && here) {
        place = shown.findIndex((item) => here.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING);
        place = place < 0 ? shown.length : place;
        if (step > 0) place -= 1;
      }
      (shown[place + step]?.querySelector("summary, a") ?? shown[place + step])?.focus();
    }
  });

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page from a disk has no clipboard of its own.
      const area = make("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.copy");
    if (!button) return;
    await copy(button.nextElementSibling.textContent);
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "copy"), 1500);
  });
  const addButtons = (within) => {
    for (const text of all("pre", within)) {
      if (!text.previousElementSibling?.matches("button.copy"))
        text.before(make("button", { type: "button", className: "copy", textContent: "copy" }));
    }
  };
  // When something is unfolded, since a page may hold ten thousand.
  document.addEventListener("toggle", (event) => event.target.open && addButtons(event.target), true);
  for (const open of all("details[open]")) addButtons(open);
})();
