// The table of all documents: its parts are loaded when more is asked for than the page shows, and only so many rows
// are ever in the page. Text of others is only ever set as text.
"use strict";
(() => {
  const SHOWN = 100; // rows at a time
  const AT_ONCE = 4; // parts that are loaded at the same time
  const [NAME, PAGE, OUTCOME, SCRIPT, NOISE, SPAM, SOURCE, TEXT, REMOVED, REPLACED, PUT_IN, FLAGGED, LOSSY, KINDS, SUSPICION, REASONS, FOUND] =
    Array.from({ length: 17 }, (_, place) => place);
  const OUTCOMES = ["cleaned", "unchanged", "empty", "dropped", "failed"];
  const COLUMNS = [NAME, OUTCOME, SUSPICION, SCRIPT, NOISE, SPAM, SOURCE, TEXT, REMOVED, REPLACED, PUT_IN, FLAGGED];
  const WORDS = new Set([NAME, OUTCOME, SCRIPT]); // columns that begin with the first of the alphabet

  const at = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");
  const table = at("documents-table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const controls = { search: at("search"), show: at("show"), kind: at("kind") };
  const total = Number(table.dataset.rows);
  const parts = Number(table.dataset.parts);
  const suspicious = Number(table.dataset.suspicious);

  const loaded = []; // rows by part
  const kinds = new Map(); // numbers by name
  const missing = [];
  let waiting = null; // for all parts
  let rows = []; // in the order of the column
  let column = SUSPICION;
  let isDown = true;
  let first = 0; // of the rows that match

  const load = (address) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(script.remove());
      script.onerror = () => reject(script.remove());
      document.head.append(script);
    });

  globalThis.cleanerPart = (part, names, found) => {
    const own = names.map((name) => kinds.get(name) ?? kinds.set(name, kinds.size).get(name));
    for (const row of found) row[KINDS] = row[KINDS].map((kind) => own[kind]);
    loaded[part - 1] = found;
  };

  const loadNext = async (queue) => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      const name = `part-${String(part).padStart(5, "0")}.js`;
      await load(`table/${name}`).catch(() => missing.push(`table/${name}`));
      tell(`Loading: ${number(part)} of ${number(parts)} parts`);
    }
  };

  const loadAll = async () => {
    const queue = Array.from({ length: parts }, (_, part) => part + 1);
    await Promise.all(Array.from({ length: AT_ONCE }, () => loadNext(queue)));
    rows = loaded.flat();
    order();
  };

  const tell = (said) => {
    at("documents-told").textContent = said;
  };

  const value = (row) => (column === OUTCOME ? OUTCOMES[row[OUTCOME]] : row[column]);

  const order = () => {
    const sign = isDown ? -1 : 1;
    rows = loaded.flat(); // as they came in, so that rows that are alike stay so
    rows.sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      return a < b ? -sign : a > b ? sign : 0;
    });
  };

  const isShown = (row, show) => {
    const outcome = OUTCOMES[row[OUTCOME]];
    if (show === "") return true;
    if (show === "suspicious") return row[SUSPICION] >= suspicious;
    if (show === "flagged") return row[FLAGGED] > 0 && outcome !== "dropped";
    if (show === "lossy") return row[LOSSY] === 1;
    if (show === "empty") return outcome === show && row[SOURCE] > 0;
    return outcome === show;
  };

  const matching = () => {
    const words = controls.search.value.toLowerCase().split(" ").filter(Boolean);
    const show = controls.show.value;
    const kind = controls.kind.value === "" ? -1 : (kinds.get(controls.kind.value) ?? -2);
    return rows.filter((row) => {
      if (!isShown(row, show) || (kind !== -1 && !row[KINDS].includes(kind))) return false;
      row[FOUND] ??= `${row[NAME]} ${OUTCOMES[row[OUTCOME]]} ${row[REASONS]}`.toLowerCase();
      return words.every((word) => row[FOUND].includes(word));
    });
  };

  const isolated = (text) => {
    const element = document.createElement("bdi");
    element.textContent = text;
    return element;
  };

  const named = (row) => {
    if (row[PAGE] === "") return isolated(row[NAME]);
    const link = document.createElement("a");
    link.href = `reports/${row[PAGE].split("/").map(encodeURIComponent).join("/")}.html`;
    link.append(isolated(row[NAME]));
    return link;
  };

  const shown = (row) => {
    const line = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.append(named(row));
    line.append(head);
    for (const place of COLUMNS.slice(1)) {
      const cell = line.insertCell();
      if (place === OUTCOME) cell.textContent = OUTCOMES[row[OUTCOME]];
      else if (place === SUSPICION) cell.append(isolated(row[REASONS]));
      else if (place === SCRIPT) cell.textContent = row[SCRIPT];
      else {
        cell.className = "number";
        cell.textContent = place === NOISE || place === SPAM ? row[place].toFixed(3) : number(row[place]);
      }
    }
    return line;
  };

  const show = () => {
    const found = matching();
    first = Math.max(0, Math.min(first, found.length - 1));
    first -= first % SHOWN;
    const end = Math.min(first + SHOWN, found.length);
    body.replaceChildren(...found.slice(first, end).map(shown));
    heads.forEach((head, place) => {
      if (COLUMNS[place] === column) head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const by = heads[COLUMNS.indexOf(column)].textContent;
    const lacking = missing.length ? ` Not all are there: ${missing.join(", ")} could not be loaded.` : "";
    tell(`${number(found.length)} of ${number(total)} documents, by “${by}”, ${isDown ? "descending" : "ascending"}.${lacking}`);
    at("page").textContent = found.length ? `${number(first + 1)} to ${number(end)}` : "none";
    at("before").disabled = first === 0;
    at("next").disabled = end >= found.length;
  };

  const update = async () => {
    waiting ??= loadAll();
    await waiting;
    show();
  };

  const anew = () => {
    first = 0;
    return update();
  };

  const sortBy = async (by) => {
    isDown = column === by ? !isDown : !WORDS.has(by);
    column = by;
    waiting ??= loadAll();
    await waiting;
    order();
    await anew();
  };

  const turn = (by) => {
    first += by;
    return update();
  };

  for (const [place, head] of heads.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(COLUMNS[place]));
    head.append(button);
  }
  heads[COLUMNS.indexOf(column)].setAttribute("aria-sort", "descending");
  controls.search.addEventListener("input", anew);
  controls.show.addEventListener("change", anew);
  controls.kind.addEventListener("change", anew);
  at("before").addEventListener("click", () => turn(-SHOWN));
  at("next").addEventListener("click", () => turn(SHOWN));
  at("next").disabled = total <= SHOWN;
  at("before").disabled = true;
  at("page").textContent = total ? `1 to ${number(body.rows.length)}` : "none";
  at("documents-controls").addEventListener("submit", (event) => event.preventDefault());
  for (const link of document.querySelectorAll("a[data-show], a[data-kind]")) {
    link.addEventListener("click", () => {
      controls.show.value = link.dataset.show ?? "";
      controls.kind.value = link.dataset.kind ?? "";
      controls.search.value = "";
      anew();
    });
  }
  at("documents-controls").hidden = at("documents-pages").hidden = false;
  tell(`${number(body.rows.length)} of ${number(total)} documents, the most suspicious first.`);

  globalThis.cleanerSpeed = (speed) => {
    const seconds = (value) => `${number(value)} s`;
    const stages = Object.entries(speed.stages).map(([stage, value]) => `${stage} ${seconds(value)}`);
    const hands = speed.workers === null ? speed.engine : `${speed.engine}, ${number(speed.workers)} at most at work`;
    at("speed-told").textContent =
      `${number(speed.documents)} documents in ${seconds(speed.seconds)}: ${number(speed.documents_per_second)} a second, ` +
      `${number(speed.megabytes_per_second)} MB a second (${stages.join(", ")}; ${hands}; ` +
      `${number(speed.taken_over)} taken over from an earlier run).`;
  };
  load("table/speed.js").catch(() => undefined); // which is not there if nobody measured
})();
