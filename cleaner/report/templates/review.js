// What a reviewer says of edits goes to the server at once, and counts when the server has said so.
// It hears from the page which edit is looked at, and leads there by the links of its list.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const state = JSON.parse(byId("review-data").textContent); // marks, what was said of them, and counts
  const anchors = [...document.querySelectorAll("#text [data-layer]")]; // the first mark of each edit, in order
  const MOST = 500; // verdicts that are sent at once
  const ORDER = "review-order"; // where the tab remembers it
  const placeOf = (anchor) => state.places[anchor.dataset.layer]?.[anchor.dataset.index];
  const places = anchors.map(placeOf); // in the order to judge in; null for what nobody need judge
  const markOf = (anchor) => state.marks[anchor.dataset.layer]?.[anchor.dataset.index];
  const marks = anchors.map(markOf); // of the edits that are shown, by number less one
  const buttons = []; // of each edit in the list
  const drafts = new Map(); // notes that were typed and are not saved, by mark
  const pending = new Map(); // what was said and is not answered yet, by mark
  const failures = new Map(); // why something was not saved, by mark
  const passed = new Set(); // marks that were looked at and not judged
  let isDoubtfulFirst = true;
  let now = ""; // the mark of the edit that is looked at
  let last = []; // the marks of what was judged last
  let asking = Promise.resolve();

  const saidOf = (mark) => state.said[mark]?.verdict ?? "";
  // The last word on an edit, be it on its way.
  const wordOn = (mark) => pending.get(mark) ?? state.said[mark] ?? { verdict: "", note: "" };
  const noteOf = (mark) => drafts.get(mark) ?? wordOn(mark).note;
  const numberOf = (mark) => marks.indexOf(mark) + 1;

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
    byId("review-rule").disabled = !now;
    byId("review-undo").disabled = !wordOn(now).verdict && !last.length;
    byId("review-note").disabled = !now;
    if (document.activeElement !== byId("review-note")) byId("review-note").value = noteOf(now);
    const waiting = [...drafts.keys()].filter((mark) => !wordOn(mark).verdict).map(numberOf);
    byId("review-count").textContent =
      `${state.judged} of ${state.edits} edits judged here, ${state.total} in the run` +
      (state.gone ? ` (${state.gone} of these on edits that this run doesn't make)` : "") +
      (waiting.length ? `; not saved: notes that wait for a verdict, on edit ${waiting.join(", ")}` : "");
  };

  const show = (told = {}) => {
    Object.assign(state, told);
    if (!anchors.length) return;
    showSaid();
    showNow();
    showFailures();
  };

  const tell = (sentence) => {
    if (anchors.length) byId("review-told").textContent = sentence;
  };

  const showFailures = () => {
    byId("review-failed").textContent = [...failures.values()].at(-1) ?? "";
  };

  // ---- which edit

  const lookAt = (number) => document.querySelector(`#r${number} > a`).click();

  const isWanted = (at) => places[at] !== null && !anchors[at].classList.contains("off");
  const isOpen = (at) => !wordOn(marks[at]).verdict && isWanted(at);

  // The next edit to judge: the most doubtful one that wasn't passed over, or the next in the text; 0 if there is none.
  const nextToJudge = () => {
    const open = [...marks.keys()].filter(isOpen);
    if (!isDoubtfulFirst) return 1 + (open.find((at) => at >= numberOf(now)) ?? open[0] ?? -1);
    if (now && !wordOn(now).verdict) passed.add(now);
    if (open.every((at) => passed.has(marks[at]))) passed.clear();
    const fresh = open.filter((at) => !passed.has(marks[at]));
    return 1 + (fresh.sort((one, other) => places[one] - places[other])[0] ?? -1);
  };

  const goOn = () => {
    const next = nextToJudge();
    if (next) lookAt(next);
    else tell(marks.some((mark, at) => places[at] !== null && !wordOn(mark).verdict)
      ? "Every edit of the kinds that are on is judged."
      : "Every edit here is judged; d leads to the next document.");
  };

  const keepDraft = () => {
    if (!now) return;
    const typed = byId("review-note").value;
    if (typed === wordOn(now).note) drafts.delete(now); else drafts.set(now, typed);
  };

  // ---- what is said

  const judge = (mark, verdict) => {
    if (!mark) return tell("Choose an edit first: e leads to the next one to judge.");
    keepDraft();
    return say([mark], { verdict, note: verdict ? noteOf(mark) : "" });
  };

  // One after the other, so that the last word is the last.
  const say = (given, word) => {
    for (const mark of given) pending.set(mark, word);
    last = word.verdict ? given : [];
    if (anchors.length) showNow();
    asking = asking.then(() => send(given, word));
    return asking;
  };

  // It goes on at once: the next key is for what is shown then.
  const judgeNow = (verdict) => {
    if (!now) return judge(now, verdict);
    judge(now, verdict);
    if (marks.some((_, at) => isOpen(at))) goOn();
  };

  const ruleOf = (mark) => byId(`r${numberOf(mark)}`).querySelector(".kind").textContent;

  // All that its rule did here is right, but for what something was said of, or is being written.
  const judgeRule = () => {
    if (!now) return judge(now, "right");
    keepDraft();
    const rule = ruleOf(now);
    const given = marks.filter((mark) => !wordOn(mark).verdict && !drafts.has(mark) && ruleOf(mark) === rule);
    if (!given.length) return tell(`Something was said of every edit of ${rule} here.`);
    say(given, { verdict: "right", note: "" });
    if (marks.some((_, at) => isOpen(at))) goOn();
  };

  const judgeWrong = () => {
    judge(now, "wrong");
    if (now) byId("review-note").focus({ preventScroll: true }); // why, or Enter; what is looked at stays in sight
  };

  const ask = async (given, { verdict, note }) => {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ edit: given, verdict: verdict || null, note }),
      signal: AbortSignal.timeout(20_000),
    });
    const told = await answer.json().catch(() => ({ error: `Not saved: the server answered ${answer.status}.` }));
    if (!answer.ok) throw new Error(told.error);
    return told;
  };

  const send = async (given, word) => {
    try {
      for (let at = 0; at < given.length; at += MOST) {
        Object.assign(state, await ask(given.slice(at, at + MOST), word));
      }
      for (const mark of given) {
        if (drafts.get(mark) === word.note) drafts.delete(mark);
        failures.delete(mark);
      }
      tell(told(given, word.verdict));
      return true;
    } catch (error) {
      const isSilent = error instanceof TypeError || error.name === "TimeoutError";
      const why = isSilent
        ? "Not saved: the server does not answer. Is the command still running? Start it again, and judge there again."
        : error.message;
      if (!anchors.length) alert(why);
      tell("");
      for (const mark of given) {
        failures.set(mark, numberOf(mark) ? `Edit ${numberOf(mark)}: ${why}` : why);
        if (word.note && pending.get(mark) === word && !drafts.has(mark)) drafts.set(mark, word.note);
      }
      return false;
    } finally {
      for (const mark of given) if (pending.get(mark) === word) pending.delete(mark);
      show();
    }
  };

  const told = (given, verdict) => {
    const rest = state.edits - state.judged;
    const what = given.length > 1 ? `${given.length} edits are` : `Edit ${numberOf(given[0]) || ""} is`;
    return `${what} ${verdict ? `saved as ${verdict}` : "no longer judged"}; ` +
      (rest ? `${rest} to judge here.` : "every edit here is judged, d leads to the next document.");
  };

  const undo = () => {
    const given = wordOn(now).verdict && !last.includes(now) ? [now] : last;
    if (!given.length) return tell("Nothing was said of this edit.");
    if (!given.includes(now)) lookAt(numberOf(given[0]));
    return say(given, { verdict: "", note: "" });
  };

  // A note goes with its verdict, and waits for one.
  const saveNote = () => {
    keepDraft();
    showNow();
    if (!drafts.has(now)) return;
    const { verdict } = wordOn(now);
    if (verdict) judge(now, verdict);
    else tell(`The note on edit ${numberOf(now)} is not saved yet: say right or wrong, and it is saved with that.`);
  };

  const onNoteKey = (event) => {
    if (event.isComposing || event.keyCode === 229) return; // Enter chooses a word of an input method
    if (event.key === "Escape") byId("review-note").blur();
    if (event.key !== "Enter") return;
    event.preventDefault();
    saveNote();
    if (!wordOn(now).verdict && drafts.has(now)) return;
    byId("review-note").blur(); // keys are keys again
    goOn();
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
    button.addEventListener("click", () => judge(marks[at], verdict));
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
    r: () => judgeNow("right"),
    w: judgeWrong,
    a: judgeRule,
    e: goOn,
    u: undo,
  };

  // What was said is saved before the page is left; if it cannot be, that is told first.
  const leave = async () => {
    const isSaved = await asking;
    asking = Promise.resolve();
    if (isSaved !== false) byId("review-next").click();
  };

  const onKey = (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isOff = byId("step")?.dataset.keys === "off";
    if (isTyping || isOff || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "d") leave();
    else if (anchors.length && Object.hasOwn(acts, event.key)) acts[event.key]();
    else return;
    event.preventDefault();
  };

  const chooseOrder = (isDoubtful) => {
    isDoubtfulFirst = isDoubtful;
    byId("review-order").setAttribute("aria-pressed", String(isDoubtful));
    try {
      sessionStorage.setItem(ORDER, isDoubtful ? "doubtful" : "text");
    } catch {
      // then it is for this page alone
    }
  };

  const orderBefore = () => {
    try {
      return sessionStorage.getItem(ORDER);
    } catch {
      return null;
    }
  };

  const begin = () => {
    addButtons();
    chooseOrder(orderBefore() !== "text");
    byId("review-order").addEventListener("click", () => chooseOrder(!isDoubtfulFirst));
    byId("review-rule").addEventListener("click", judgeRule);
    document.addEventListener("edit", (event) => {
      keepDraft();
      now = marks[event.detail.number - 1];
      byId("review-note").value = noteOf(now);
      showNow();
    });
    document.querySelector("#review [data-verdict=right]").addEventListener("click", () => judge(now, "right"));
    document.querySelector("#review [data-verdict=wrong]").addEventListener("click", judgeWrong);
    byId("review-undo").addEventListener("click", undo);
    byId("review-open").addEventListener("click", goOn);
    byId("review-note").addEventListener("change", saveNote);
    byId("review-note").addEventListener("keydown", onNoteKey);
    window.addEventListener("focus", refresh);
    window.addEventListener("pageshow", (event) => event.persisted && refresh());
    window.addEventListener("beforeunload", (event) => {
      keepDraft();
      if (drafts.size || pending.size) event.preventDefault();
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
