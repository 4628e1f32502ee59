// What a reviewer says of edits goes to the server at once, and counts when the server has said so.
// It hears from the page which edit is looked at, and leads there by the links of its list.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const state = JSON.parse(byId("review-data").textContent); // marks, what was said of them, and counts
  const anchors = [...document.querySelectorAll("#text [data-layer]")]; // the first mark of each edit, in order
  const markOf = (anchor) => state.marks[anchor.dataset.layer]?.[anchor.dataset.index];
  const marks = anchors.map(markOf); // of the edits that are shown, by number less one
  const buttons = []; // of each edit in the list
  const drafts = new Map(); // notes that were typed and are not saved, by mark
  let now = ""; // the mark of the edit that is looked at
  let last = ""; // the mark of the edit that was judged last
  let asking = Promise.resolve();

  const saidOf = (mark) => state.said[mark]?.verdict ?? "";
  const noteOf = (mark) => state.said[mark]?.note ?? "";

  // ---- what is shown

  const press = (button, mark) => {
    const pressed = String(Boolean(mark) && button.dataset.verdict === saidOf(mark));
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  };

  const showSaid = () => {
    for (const each of document.querySelectorAll("#text [data-layer], #text [data-of]")) {
      const said = saidOf(marks[(each.dataset.of ?? each.id.slice(1)) - 1]);
      if (said === (each.dataset.said ?? "")) continue;
      if (said) each.dataset.said = said; else delete each.dataset.said;
    }
    for (const button of buttons) press(button, button.dataset.mark);
  };

  const showNow = () => {
    for (const button of document.querySelectorAll("#review [data-verdict]")) {
      press(button, now);
      button.disabled = !now;
    }
    byId("review-undo").disabled = !saidOf(now) && !last;
    byId("review-note").disabled = !now;
    if (document.activeElement !== byId("review-note")) byId("review-note").value = drafts.get(now) ?? noteOf(now);
    byId("review-count").textContent =
      `${state.judged} of ${state.edits} edits judged here, ${state.total} in the run`;
  };

  const show = (told = {}) => {
    Object.assign(state, told);
    if (!anchors.length) return;
    showSaid();
    showNow();
  };

  const tell = (sentence) => {
    if (!anchors.length) return;
    byId("review-told").textContent = sentence;
    byId("review-failed").textContent = "";
  };

  const fail = (sentence) => {
    if (!anchors.length) return alert(sentence);
    byId("review-told").textContent = "";
    byId("review-failed").textContent = sentence;
  };

  // ---- which edit

  const lookAt = (number) => document.querySelector(`#r${number} > a`).click();

  // The next edit that nobody judged, behind that number or else from the first on; 0 if there is none.
  const openBehind = (number) => {
    const round = marks.map((_, at) => (number + at) % marks.length);
    return 1 + (round.find((at) => !saidOf(marks[at])) ?? -1);
  };

  const goOn = () => {
    const next = openBehind(marks.indexOf(now) + 1);
    if (next) lookAt(next);
    else tell("Every edit here is judged; d leads to the next document.");
  };

  const keepDraft = () => {
    if (!now) return;
    const typed = byId("review-note").value;
    if (typed === noteOf(now)) drafts.delete(now); else drafts.set(now, typed);
  };

  // ---- what is said

  // One after the other, so that the last word is the last.
  const judge = (mark, verdict, { goesOn = false } = {}) => {
    if (!mark) return tell("Choose an edit first: n leads to the next one.");
    keepDraft();
    const note = verdict ? (drafts.get(mark) ?? noteOf(mark)) : "";
    asking = asking.then(() => send(mark, verdict, note, goesOn));
    return asking;
  };

  const ask = async (mark, verdict, note) => {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ edit: mark, verdict: verdict || null, note }),
      signal: AbortSignal.timeout(20_000),
    });
    const told = await answer.json().catch(() => ({ error: `Not saved: the server answered ${answer.status}.` }));
    if (!answer.ok) throw new Error(told.error);
    return told;
  };

  const send = async (mark, verdict, note, goesOn) => {
    try {
      const told = await ask(mark, verdict, note);
      if (drafts.get(mark) === note) drafts.delete(mark);
      last = verdict ? mark : "";
      show(told);
      const number = marks.indexOf(mark) + 1;
      if (goesOn && mark === now) goOn();
      const rest = state.edits - state.judged;
      tell(`Edit ${number || ""} ${verdict ? `is saved as ${verdict}` : "is no longer judged"}; ` +
        (rest ? `${rest} to judge here.` : "every edit here is judged, d leads to the next document."));
      return true;
    } catch (error) {
      show();
      const isSilent = error instanceof TypeError || error.name === "TimeoutError";
      fail(isSilent
        ? "Not saved: the server does not answer. Is the command still running? Start it again, and judge there again."
        : error.message);
      return false;
    }
  };

  const undo = () => {
    if (saidOf(now)) return judge(now, "");
    const before = marks.indexOf(last) + 1;
    if (!before) return tell("Nothing was said of this edit.");
    lookAt(before);
    return judge(marks[before - 1], "");
  };

  // Others may have judged meanwhile, in another tab or by another server.
  const refresh = async () => {
    try {
      const answer = await fetch(`${location.pathname}?said`);
      if (answer.ok) show(await answer.json());
    } catch {
      // the next verdict will tell
    }
  };

  // ---- buttons and keys

  const buttonOf = (at, verdict) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = verdict;
    button.dataset.verdict = verdict;
    button.dataset.mark = marks[at];
    button.setAttribute("aria-label", `edit ${at + 1} is ${verdict}`);
    button.addEventListener("click", () => judge(marks[at], saidOf(marks[at]) === verdict ? "" : verdict));
    buttons.push(button);
    return button;
  };

  const addButtons = () => {
    for (const at of marks.keys()) {
      const each = document.createElement("span");
      each.className = "review-each";
      each.append(" ", buttonOf(at, "right"), " ", buttonOf(at, "wrong"));
      byId(`r${at + 1}`).append(each);
    }
  };

  const acts = {
    r: () => judge(now, "right", { goesOn: true }),
    w: () => judge(now, "wrong", { goesOn: true }),
    u: undo,
  };

  const onKey = (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isOff = byId("step")?.dataset.keys === "off";
    if (isTyping || isOff || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "d") byId("review-next").click();
    else if (anchors.length && Object.hasOwn(acts, event.key)) acts[event.key]();
    else return;
    event.preventDefault();
  };

  const begin = () => {
    addButtons();
    document.addEventListener("edit", (event) => {
      keepDraft();
      now = marks[event.detail.number - 1];
      showNow();
    });
    for (const button of document.querySelectorAll("#review [data-verdict]")) {
      button.addEventListener("click", () => {
        judge(now, saidOf(now) === button.dataset.verdict ? "" : button.dataset.verdict);
      });
    }
    byId("review-undo").addEventListener("click", undo);
    byId("review-open").addEventListener("click", goOn);
    byId("review-note").addEventListener("change", () => {
      if (saidOf(now)) judge(now, saidOf(now));
    });
    window.addEventListener("focus", refresh);
    window.addEventListener("pageshow", (event) => event.persisted && refresh());
    window.addEventListener("beforeunload", (event) => {
      keepDraft();
      if (drafts.size) event.preventDefault();
    });
    show();
  };

  document.addEventListener("keydown", onKey);
  for (const button of document.querySelectorAll("[data-lost]")) {
    button.addEventListener("click", async () => {
      if (await judge(button.dataset.lost, "")) button.closest("li").remove();
    });
  }
  if (anchors.length) begin();
})();
