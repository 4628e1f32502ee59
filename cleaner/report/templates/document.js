// The page on one document: kinds are switched, edits stepped through, source and clean text shown side by side.
// Text of others is only moved and cloned, never read as HTML. A page that can do more hears the event "edit".
"use strict";
(() => {
  const text = document.getElementById("text");
  const step = document.getElementById("step");
  if (!step) return; // no edits, nothing to do

  const anchors = [...text.querySelectorAll("[data-layer]")]; // the first mark of each edit, in order
  const byKind = new Map(); // class of a kind -> all its marks
  const off = new Set();
  let shown = anchors; // those of kinds that are on
  let now = null; // the edit that is looked at, by its mark
  let keys = true;

  const make = (tag, said, attributes = {}) => {
    const node = document.createElement(tag);
    node.textContent = said;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const button = (said, act, attributes = {}) => {
    const node = make("button", said, { type: "button", ...attributes });
    node.addEventListener("click", act);
    return node;
  };
  const numberOf = (mark) => mark.id ? mark.id.slice(1) : mark.dataset.of;
  const marksOf = (number) => text.querySelectorAll(`#e${number}, [data-of="${number}"]`);
  const kindOf = (mark) => mark.classList[0];

  // ---- kinds

  const marksOfKind = (kind) => {
    if (!byKind.has(kind)) byKind.set(kind, text.getElementsByClassName(kind)); // live: clones come and go
    return byKind.get(kind);
  };

  const isShown = (mark) => !mark.classList.contains("off") && !mark.closest("ins.off");

  const switchKind = (toggle, on) => {
    const kind = toggle.dataset.kind;
    toggle.setAttribute("aria-pressed", String(on));
    if (on) off.delete(kind); else off.add(kind);
    for (const mark of [...marksOfKind(kind)]) mark.classList.toggle("off", !on);
  };

  const recount = () => {
    shown = off.size ? anchors.filter(isShown) : anchors;
    place();
  };

  const legend = () => {
    const toggles = [];
    for (const item of document.querySelectorAll("#legend li")) {
      const toggle = button("", () => {
        switchKind(toggle, toggle.getAttribute("aria-pressed") !== "true");
        recount();
      }, { "aria-pressed": "true", "data-kind": `k${item.dataset.kind}` });
      toggle.append(...item.childNodes);
      item.append(toggle);
      toggles.push(toggle);
    }
    const all = (on) => () => {
      for (const toggle of toggles) switchKind(toggle, on);
      recount();
    };
    const both = document.createElement("li");
    both.append(button("All on", all(true), { class: "all" }), " ", button("All off", all(false), { class: "all" }));
    document.getElementById("legend").append(both);
    document.getElementById("legend-note").hidden = false;
    return toggles;
  };

  // ---- one edit after the other

  const status = document.getElementById("now");

  const place = () => {
    const at = shown.indexOf(now);
    const said = at < 0 ? `${shown.length} of ${anchors.length} edits are shown` : `${at + 1} of ${shown.length}`;
    const parts = [make("p", said, { class: "place" })];
    if (at >= 0) {
      const entry = document.getElementById(`r${numberOf(now)}`);
      const told = make("div", "", { class: `edit ${kindOf(now)}` });
      told.append(...entry.cloneNode(true).childNodes);
      const back = told.querySelector("a"); // in the list it leads to the mark, here to the list
      back.href = `#r${numberOf(now)}`;
      parts.push(told);
    }
    status.replaceChildren(...parts);
  };

  const seen = (number) => {
    const link = [...marksOf(number)].map((mark) => mark.querySelector(":scope > a") || mark);
    return link.find((node) => node.checkVisibility());
  };

  const look = (mark, { focus = true } = {}) => {
    for (const each of text.querySelectorAll(".now")) each.classList.remove("now");
    now = mark;
    place();
    if (!mark) return;
    const number = numberOf(mark);
    for (const each of marksOf(number)) each.classList.add("now");
    if (focus) {
      const target = seen(number) || mark.closest(".pair") || mark.closest(".row");
      if (target.tagName !== "A") target.tabIndex = -1;
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "center" });
    }
    const detail = { number: Number(number), layer: Number(mark.dataset.layer), index: Number(mark.dataset.index) };
    document.dispatchEvent(new CustomEvent("edit", { detail }));
  };

  const move = (by) => {
    if (!shown.length) return;
    let at = shown.indexOf(now);
    if (at < 0 && now) { // its kind was switched off: go on from where it stands
      const behind = shown.findIndex((mark) => now.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_FOLLOWING);
      at = behind < 0 ? (by > 0 ? -1 : 0) : by > 0 ? behind - 1 : behind;
    } else if (at < 0) {
      at = by > 0 ? -1 : 0;
    }
    look(shown[(at + by + shown.length) % shown.length]);
  };

  const anchorOf = (mark) => document.getElementById(`e${numberOf(mark)}`);

  const follow = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a");
    const mark = event.target.closest("del, ins, mark");
    if (link && !(mark && link.parentElement === mark)) return;
    if (!mark || mark.classList.contains("off") || String(getSelection())) return;
    event.preventDefault();
    look(anchorOf(mark), { focus: Boolean(link) });
  };

  const followList = (event) => { // from the list to a mark whose kind may be off
    const link = event.target.closest("a");
    if (!link || !/^#e[0-9]+$/.test(link.hash)) return;
    event.preventDefault();
    const mark = document.getElementById(link.hash.slice(1));
    const kinds = new Set([kindOf(mark)]);
    for (let around = mark.closest("ins.off"); around; around = around.parentElement.closest("ins.off")) {
      kinds.add(kindOf(around));
    }
    for (const toggle of toggles) if (kinds.has(toggle.dataset.kind) && off.has(toggle.dataset.kind)) switchKind(toggle, true);
    recount();
    look(mark);
  };

  // ---- side by side

  const heads = () => {
    const pair = make("div", "", { class: "pair heads", lang: "en" });
    pair.append(make("div", "Source"), make("div", "Clean text"));
    return pair;
  };

  const cleanOf = (row) => {
    const clean = row.cloneNode(true);
    clean.classList.add("clean");
    clean.removeAttribute("id");
    clean.setAttribute("role", "group");
    clean.setAttribute("aria-label", "clean");
    for (const mark of clean.querySelectorAll("[id]")) {
      mark.dataset.of = mark.id.slice(1);
      mark.removeAttribute("id");
      mark.removeAttribute("data-layer");
      mark.removeAttribute("data-index");
    }
    return clean;
  };

  const beside = (is) => {
    text.classList.toggle("side", is);
    for (const row of [...text.querySelectorAll(is ? ".part > .row" : ".pair > .clean")]) {
      if (is) {
        const pair = make("div", "", { class: "pair" });
        row.replaceWith(pair);
        pair.append(row, cleanOf(row));
      } else {
        row.parentElement.replaceWith(row.previousElementSibling);
      }
    }
    if (now) look(now);
  };

  // ---- buttons and keys

  const toggled = (said, act, is) => {
    const node = button(said, () => {
      const pressed = node.getAttribute("aria-pressed") !== "true";
      node.setAttribute("aria-pressed", String(pressed));
      act(pressed);
    }, { "aria-pressed": String(is) });
    return node;
  };

  const toggles = legend();
  text.prepend(heads());
  const views = document.getElementById("views");
  const side = toggled("Source and clean text side by side (s)", beside, false);
  const hearing = toggled("Keys: n or j next, p or k previous, s side by side", (is) => { keys = is; step.dataset.keys = is ? "on" : "off"; }, true);
  views.append(side, " ", hearing);
  views.hidden = false;
  document.getElementById("buttons").append(
    button("← previous (p)", () => move(-1)), " ", button("next (n) →", () => move(1)));
  step.hidden = false;
  place();

  const acts = { n: () => move(1), j: () => move(1), p: () => move(-1), k: () => move(-1), s: () => side.click() };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (!keys || isTyping || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });
  text.addEventListener("click", follow);
  document.querySelector(".edits").addEventListener("click", followList);
})();
