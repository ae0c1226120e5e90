// The parts of the page that show the figures of all sessions, or of a slice of them.

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Which slice figures are of; empty for all sessions. */
function nameOf({ by, name, value, agentName }) {
  switch (by) {
    case "team": return none(value) ? "in no team" : `team ${value}`;
    case "label": return none(value) ? `without ${name}` : `${name}: ${value}`;
    case "agent": return `agent ${nameOfAgent(agentName, value)}`;
    default: return "";
  }
}

/** What the whole report is filtered by; empty for nothing. */
function nameOfFilter() {
  return [
    about.team === null ? null : `team ${about.team}`,
    ...Object.entries(about.labels ?? {}).map(([name, value]) => `${name}: ${value}`),
    about.agent === null ? null : `agent ${nameOfAgent(about.agentName, about.agent)}`,
  ].filter((part) => part !== null).join(", ");
}

/** The columns that tables of figures share. */
function figureColumns(of) {
  return [
    { label: "sessions", value: (row) => of(row).sessions, text: count },
    { label: "answered", value: (row) => of(row).answered, text: count },
    { label: "unanswered", value: (row) => of(row).unanswered, text: count },
    headline < 0 ? null
      : { label: "of those running", csv: "running", value: (row) => running(of(row), headline), text: count },
    { label: "closed", value: (row) => of(row).closed, text: count },
    { label: "median", csv: "median_seconds", value: (row) => of(row).median, text: duration },
    { label: "P90", csv: "p90_seconds", value: (row) => of(row).p90, text: duration },
    ...order.map((i) => ({
      label: `within ${targets[i].name}`,
      value: (row) => share(of(row), i),
      text: (_, row) => percent(of(row).within[i], of(row).of[i]),
    })),
  ];
}

// ---- cards ----

function card(label, value, lines, { className = "", words = false, alarm = false } = {}) {
  const paragraphs = lines
    .filter((line) => line !== null)
    .map((line) => (typeof line === "string" ? element("p", {}, line) : line));
  const valueClass = `value${words ? " words" : ""}${alarm ? " alarm" : ""}`;
  return element("div", { className: `card ${className}` },
    element("h3", {}, label), element("p", { className: valueClass }, value), ...paragraphs);
}

function meter(part, all) {
  const inner = element("i");
  inner.style.width = all ? `${(100 * part) / all}%` : "0";
  return element("div", { className: "meter" }, inner);
}

function drawCards() {
  const { total } = figures;
  const before = figures.previous ?? NO_FIGURES;
  const isCompared = before.sessions > 0;
  const business = (text) => (total.business ? `in business time: ${text(total.business)}` : null);
  const ofAll = (seconds, part) => (seconds !== null ? `of all sessions: ${duration(seconds)}`
    : total.sessions ? `of all sessions: none, fewer than ${part} are answered` : null);
  const compared = (text, change) => (isCompared
    ? element("p", {}, `before: ${text}; `, element("b", { className: change.className }, change.text)) : null);
  const shareCard = () => card(`Answered within ${about.target}`,
    percent(total.within[headline], total.of[headline]),
    [meter(total.within[headline], total.of[headline]),
      `${count(total.within[headline])} of ${plural(total.of[headline], "session")}, those who wait for longer included`,
      compared(percent(before.within[headline], before.of[headline]),
        changeOfShare(share(total, headline), share(before, headline))),
      business((figures) => percent(figures.within[headline], figures.of[headline])),
      ...order.slice(1).map((i) => element("p", {}, `within ${targets[i].name}: `,
        element("b", {}, percent(total.within[i], total.of[i]))))],
    { className: "headline" });
  const quickRunning = headline < 0 ? 0 : running(total, headline);
  section("cards").replaceChildren(...[
    headline < 0 ? null : shareCard(),
    card("Median response time", duration(total.median),
      ["half of the answered sessions took at most this long",
        compared(duration(before.median), changeOfTime(total.median, before.median)),
        ofAll(total.medianOfAll, "half"), business((figures) => duration(figures.median))]),
    card("P90 response time", duration(total.p90),
      ["nine in ten of the answered took at most this long",
        compared(duration(before.p90), changeOfTime(total.p90, before.p90)),
        ofAll(total.p90OfAll, "90 %"), business((figures) => duration(figures.p90))]),
    card("Sessions", count(total.sessions),
      [`${count(total.answered)} answered, ${count(total.unanswered)} not`,
        total.closed ? `${count(total.closed)} closed without an answer` : null,
        compared(count(before.sessions), changeOfCount(total.sessions, before.sessions)),
        total.notFinal ? `${count(total.notFinal)} may still be corrected` : null]),
    headline < 0 ? null : card("Running", count(quickRunning),
      [`of ${count(total.unanswered)} unanswered; they have not waited for ${about.target} yet, and are in no share within it`]),
    card("Closed without an answer", count(total.closed),
      [`${percent(total.closed, total.sessions)} of the sessions; ${about.closedCounts
        ? "they have missed every target" : "they are in no share, and in no percentile"}`]),
    card("Waiting now", count(waiting.sessions),
      [waiting.sessions ? `the longest for ${duration(waiting.longestSeconds)}` : "nobody",
        `of all days, at the time of this report${ofAllSessions()}`]),
    completeCard(),
  ].filter((made) => made !== null));
}

/** What does not follow the choice on the page is of all sessions in it. */
function ofAllSessions() {
  return figures.by === "all" ? "" : `; of all sessions, not only ${nameOf(figures)}`;
}

function completeCard() {
  const label = "Complete through";
  if (completeThrough === null) {
    return card(label, "not known", ["data_completeness is not in the schema"], { words: true });
  }
  const { infinite, at, reportedAt, missing, ofPeriod } = completeThrough;
  const parts = [[ofPeriod.deadLetters, "dead letter"], [ofPeriod.refusedRows, "refused row"],
    [ofPeriod.lateMessages, "late message"]].filter(([n]) => n > 0).map(([n, noun]) => plural(n, noun));
  const lines = [
    element("p", {}, "missing in these days: ",
      element("b", {}, parts.length === 0 ? "nothing known" : parts.join(", "))),
    missing === null ? null : `missing of all input: ${missing}`,
  ];
  const options = { words: true, alarm: missing !== null, className: "broad" };
  if (infinite) {
    return card(label, missing === null ? "all of the input" : "the end of the input, not all of it",
      ["it was read to its end", ...lines], options);
  }
  return at === null ? card(label, "not known yet", ["no job has reported it", ...lines], options)
    : card(label, moment(at), [`messages up to then are in; reported ${moment(reportedAt)}`, ...lines], options);
}

// ---- the days before ----

function drawComparison() {
  const place = section("comparison");
  const { total } = figures;
  const before = figures.previous ?? NO_FIGURES;
  const name = daysFrom(about.previousFrom, about.previousTo);
  const doubts = [
    about.firstDay !== null && about.firstDay > about.previousFrom
      ? `The first session ever is of ${day(about.firstDay)}, so the days before are not whole.` : "",
    completeThrough?.beforeEnd && completeThrough.at !== null
      ? "The data are not complete through the end of these days yet." : "",
  ].join(" ").trim();
  place.querySelector(".note").textContent = before.sessions === 0
    ? `No session opened in the ${plural(days, "day")} before, ${name}.`
    : `These days against the ${plural(days, "day")} before, ${name}. ${doubts}`;
  place.querySelector("table").hidden = before.sessions === 0;
  const measure = (label, csv, value, text, change) => ({ label, csv, now: value(total), before: value(before), text,
    change: change(value(total), value(before)) });
  const seconds = (value) => duration(value);
  const rows = before.sessions === 0 ? [] : [
    ...order.map((i) => measure(`within ${targets[i].name}`, `within ${targets[i].name}`,
      (figures) => share(figures, i), (value) => (none(value) ? NOTHING : percent(value, 1)), changeOfShare)),
    measure("median", "median_seconds", (figures) => figures.median, seconds, changeOfTime),
    measure("P90", "p90_seconds", (figures) => figures.p90, seconds, changeOfTime),
    measure("sessions", "sessions", (figures) => figures.sessions, count, changeOfCount),
  ];
  fill(place.querySelector("table"), "Compared with the days before", [
    { label: "figure", value: (row) => row.csv, text: (_, row) => row.label },
    { label: "these days", value: (row) => row.now, text: (value, row) => row.text(value) },
    { label: "days before", value: (row) => row.before, text: (value, row) => row.text(value) },
    { label: "change", value: (row) => (none(row.now) || none(row.before) ? null : row.now - row.before),
      text: (_, row) => row.change.text, className: (row) => `change ${row.change.className}` },
  ], rows);
}

// ---- distribution ----

function drawBrackets() {
  const { total } = figures;
  const rows = figures.brackets.map(({ moreThan, upTo, sessions }) => ({
    label: upTo === null ? (moreThan === null ? "any time" : "longer") : `up to ${duration(upTo)}`,
    sessions,
    share: total.counted ? sessions / total.counted : null,
  }));
  let sum = 0;
  for (const row of rows) {
    sum += row.sessions;
    row.byThen = sum;
  }
  rows.push({ label: "unanswered", sessions: total.unanswered, className: "unanswered",
    share: total.counted ? total.unanswered / total.counted : null, byThen: null });
  if (total.closed) {
    rows.push({ label: "closed", sessions: total.closed, className: "closed", byThen: null,
      share: about.closedCounts ? total.closed / total.counted : null });
  }
  const most = d3.max(rows, (row) => row.sessions) || 1;
  const table = section("brackets").querySelector("table");
  fill(table, "How long customers waited", [
    { label: "waited", value: (row) => row.label.replaceAll("\u00a0", " "), text: (_, row) => row.label },
    { label: "sessions", value: (row) => row.sessions, text: count },
    { label: "share", value: (row) => row.share,
      text: (value, row) => (none(value) ? "" : percent(row.sessions, total.counted)) },
    { label: "by then", value: (row) => (none(row.byThen) || !total.counted ? null : row.byThen / total.counted),
      text: (_, row) => (none(row.byThen) ? "" : percent(row.byThen, total.counted)) },
  ], rows);
  table.classList.remove("stacks");
  // The bars are a picture of the sessions, for eyes only.
  const drawing = () => {
    const made = element("td", { className: "bar-cell" });
    made.setAttribute("aria-hidden", "true");
    return made;
  };
  table.tHead.rows[0].cells[0].after(drawing());
  rows.forEach((row, i) => {
    const bar = element("i", { className: "bar", hidden: row.sessions === 0 });
    bar.style.width = `${(100 * row.sessions) / most}%`;
    const place = drawing();
    place.append(bar);
    table.tBodies[0].rows[i].cells[0].after(place);
  });
}

// ---- first and later replies, business time, percentiles ----

function drawReplies() {
  const { calendar } = about;
  section("replies").querySelector(".note").textContent =
    `A conversation ends when the customer writes nothing for more than ${
      duration(about.conversationGapSeconds)} after an answer. Times are of answered sessions.${calendar === null ? ""
      : ` Business is open as the calendar "${calendar}" says, in ${about.calendarTimeZone}. Sessions that opened`
        + ` outside of it are ${about.outsideCounts ? "in" : "not in"} the figures in business time.`}`;
  const rows = [
    { label: "first replies", figures: figures.firstReplies },
    { label: "next replies", figures: figures.laterReplies },
    ...(calendar === null ? [] : [
      { label: "opened in business time", figures: figures.inBusinessTime },
      { label: "opened outside of it", figures: figures.outsideBusinessTime }]),
    { label: "all", figures: figures.total },
  ];
  fill(section("replies").querySelector("table"), "First and next replies",
    [{ label: "sessions that are", csv: "kind", value: (row) => row.label },
      ...figureColumns((row) => row.figures ?? NO_FIGURES)], rows);
}

function drawPercentiles() {
  const { total } = figures;
  const { business } = total;
  section("percentiles").querySelector(".note").textContent =
    `What open sessions${about.closedCounts ? ", and closed ones," : ""} make of it: of all sessions, as many`
    + " have to be answered, and where fewer are there is no such time."
    + (business ? ` Business time is that of the calendar "${about.calendar}", in ${
      about.calendarTimeZone}: only open hours count, of answered sessions.` : "");
  const times = [["median", "median", "medianOfAll"], ["P90", "p90", "p90OfAll"],
    ["P95", "p95", "p95OfAll"], ["mean", "mean", null]].map(([label, answered, all]) => ({
    label, answered: total[answered], all: all === null ? null : total[all], business: business?.[answered],
    text: (value) => duration(value),
  }));
  const shares = (business ? order : []).map((i) => ({
    label: `within ${targets[i].name}`, answered: null, all: share(total, i), business: share(business, i),
    text: (value) => (none(value) ? NOTHING : percent(value, 1)),
  }));
  const column = (label, key) => ({ label, value: (row) => row[key],
    text: (value, row) => (none(value) && (key === "answered" || row.label === "mean") ? "" : row.text(value)) });
  fill(section("percentiles").querySelector("table"), "With and without the unanswered",
    [{ label: "figure", value: (row) => row.label }, column("of the answered", "answered"), column("of all", "all"),
      business ? column("in business time", "business") : null], [...times, ...shares]);
}

// ---- hours of the week ----

const maps = [
  {
    name: "sessions",
    note: "How many sessions opened in each hour, over the whole period.",
    value: (figures) => figures.sessions,
    depth: (value, most) => value / most,
    text: (value) => (value < 1000 ? String(value)
      : `${(value / 1000).toFixed(value < 9950 ? 1 : 0)}k`),
    className: "",
  },
  {
    name: "median",
    note: "The median response time of the answered sessions of each hour; darker is longer.",
    value: (figures) => figures.median,
    depth: (value, most, least) => (most > least
      ? Math.log(Math.max(value, 0.1) / Math.max(least, 0.1))
        / Math.log(Math.max(most, 0.1) / Math.max(least, 0.1))
      : 0.5),
    text: brief,
    className: "slow",
  },
];
if (headline >= 0) {
  maps.push({
    name: `within ${about.target}`,
    note: `The share of each hour's sessions, answered or not, that were answered within ${
      about.target}, in percent; darker is better.`,
    value: (figures) => (figures.of[headline]
      ? (100 * figures.within[headline]) / figures.of[headline] : null),
    depth: (value) => value / 100,
    text: (value) => String(Math.round(value)),
    className: "",
  });
}
let shownMap = maps[0];

function drawMap() {
  section("hours").hidden = figures.hours === null || figures.total.sessions === 0;
  if (section("hours").hidden) {
    return;
  }
  const map = shownMap;
  const cells = new Map(figures.hours.map((entry) => [`${entry.weekday} ${entry.hour}`, entry.figures]));
  const values = figures.hours.map((entry) => map.value(entry.figures)).filter((value) => !none(value));
  const most = d3.max(values);
  const least = d3.min(values);
  const made = (weekday, hour) => {
    const figures = cells.get(`${weekday + 1} ${hour}`);
    const value = figures ? map.value(figures) : null;
    const place = td(none(value) ? "" : map.text(value));
    const when = `${WEEKDAYS[weekday]} ${clock(hour)}`;
    place.title = figures
      ? `${when}: ${plural(figures.sessions, "session")}, median ${duration(figures.median)}${
        headline < 0 ? "" : `, within ${about.target} ${percent(figures.within[headline], figures.of[headline])}`}`
      : `${when}: no session`;
    const depth = none(value) ? 0 : 0.08 + 0.92 * map.depth(value, most, least);
    place.style.setProperty("--depth", `${(100 * depth).toFixed(1)}%`);
    place.classList.toggle("deep", depth > 0.55);
    return place;
  };
  const hours = d3.range(24);
  const table = section("hours").querySelector("table");
  table.className = `map ${map.className}`;
  table.setAttribute("aria-label", `Hours of the week: ${map.name}`);
  table.replaceChildren(
    headRow(th(""), ...hours.map((hour) => th(hour % 3 ? "" : String(hour)))),
    element("tbody", {}, ...WEEKDAYS.map((name, weekday) =>
      element("tr", {}, th(name, "", "row"), ...hours.map((hour) => made(weekday, hour))))));
  section("hours").querySelector(".note").textContent = `${map.note} Hours on the clock in ${about.timeZone}.`;
  offer(table, "Hours of the week", [
    { label: "weekday", value: (row) => WEEKDAYS[row.weekday - 1] },
    { label: "hour", value: (row) => row.hour },
    ...figureColumns((row) => row.figures).filter((column) => column !== null),
  ], figures.hours);
}

function drawSwitch() {
  section("hours").querySelector(".switch").append(...maps.map((map, i) => {
    const input = element("input", { type: "radio", name: "map", checked: i === 0 });
    input.addEventListener("change", () => {
      shownMap = map;
      drawMap();
    });
    return element("label", {}, input, map.name);
  }));
}

// ---- agents ----

const SHOWN_AGENTS = 25;

const agentColumns = [
  {
    label: "agent",
    // Named agents by their names, before those that have an id only.
    sorted: (row) => (none(row.name) ? BigInt(row.agent) : row.name),
    value: (row) => nameOfAgent(row.name, row.agent),
    ascending: true,
  },
  { label: "answered", value: (row) => row.figures?.answered ?? 0, text: count },
  ...order.map((i) => ({
    label: `within ${targets[i].name}`,
    value: (row) => (row.figures ? row.figures.within[i] / row.figures.answered : null),
    text: (_, row) => (row.figures ? percent(row.figures.within[i], row.figures.answered) : NOTHING),
  })),
  { label: "median", csv: "median_seconds", value: (row) => row.figures?.median ?? null, text: duration,
    ascending: true },
  { label: "P90", csv: "p90_seconds", value: (row) => row.figures?.p90 ?? null, text: duration, ascending: true },
  { label: "written to", value: (row) => row.asked, text: count },
  { label: "of those unanswered", csv: "written_to_and_unanswered", value: (row) => row.askedUnanswered, text: count },
  { label: "closed", csv: "written_to_and_closed", value: (row) => row.askedClosed, text: count },
];
const agentCsv = [{ label: "agent_id", value: (row) => row.agent }, ...agentColumns];

/** Texts by the alphabet and before numbers, numbers by their size. */
function inOrder(a, b) {
  if (typeof a === "string" || typeof b === "string") {
    return typeof a === typeof b ? collator.compare(a, b) : typeof a === "string" ? -1 : 1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortAgents(table, column, ascending) {
  const sign = ascending ? 1 : -1;
  const value = column.sorted ?? column.value;
  const rows = [...figures.agents].sort((left, right) => {
    const [a, b] = [value(left), value(right)];
    // Rows without a value are last in both directions.
    return none(a) || none(b) ? none(a) - none(b) : sign * inOrder(a, b);
  });
  table.tBodies[0].replaceChildren(...rows.map((row) => rowOf(agentColumns, row)));
  agentColumns.forEach((other, i) => {
    const head = table.tHead.rows[0].cells[i];
    if (other === column) {
      head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    } else {
      head.removeAttribute("aria-sort");
    }
  });
  offer(table, "Agents", agentCsv, rows);
}

function drawAgents() {
  const place = section("agents");
  place.hidden = figures.agents === null || figures.total.sessions === 0;
  if (place.hidden) {
    return;
  }
  const { agents } = figures;
  const left = figures.agentCount - agents.length;
  place.querySelector(".note").textContent =
    `${plural(figures.agentCount, "agent")}${left > 0 ? `; the ${count(agents.length)} who answered the most` : ""}. `
    + "Times and shares are of the sessions that the agent answered,"
    + " whoever was written to; an agent who was written to and did not answer has no such session. Press a"
    + " heading to sort.";
  const table = place.querySelector("table");
  fill(table, "Agents", agentColumns, []);
  table.tHead.rows[0].replaceChildren(...agentColumns.map((column) => {
    const button = element("button", { type: "button" }, column.label);
    const head = th("", "");
    head.replaceChildren(button);
    head.dataset.label = column.label;
    button.addEventListener("click", () => {
      const sorted = head.getAttribute("aria-sort");
      sortAgents(table, column, sorted ? sorted === "descending" : column.ascending === true);
    });
    return head;
  }));
  sortAgents(table, agentColumns[1], false);
  const button = place.querySelector("button.show-all");
  place.querySelector(".rest").hidden = agents.length <= SHOWN_AGENTS;
  const label = () => {
    button.textContent = table.classList.contains("all") ? `Show ${SHOWN_AGENTS} only`
      : `Show all ${count(agents.length)}`;
  };
  button.onclick = () => {
    table.classList.toggle("all");
    label();
  };
  label();
}

// ---- the longest waits ----

function drawLongest() {
  const rows = figures.longest;
  section("longest").querySelector(".note").textContent =
    `The ${count(rows.length)} longest waits of the sessions that opened in these days, up to the answer${
      about.closedCounts ? ", the close," : ""} or, of those who wait, up to this report. Customer${
      about.mode === "addressed-agent" ? ", agent" : ""} and the time in UTC are the key of the session in the tables.`;
  fill(section("longest").querySelector("table"), "The longest waits", [
    { label: "customer", value: (row) => row.customerName ?? row.customer },
    { label: "waited", csv: "waited_seconds", value: (row) => row.seconds, text: duration },
    { label: "status", value: (row) => row.status },
    { label: "opened", value: (row) => row.openedAt, text: moment },
    { label: "written to", value: (row) => row.askedAgentName ?? row.askedAgent,
      text: (name) => name ?? NOTHING, className: "text" },
    { label: "answered by", value: (row) => row.responderName ?? row.responder,
      text: (name) => name ?? NOTHING, className: "text" },
    { label: "team", value: (row) => row.team,
      text: (team) => team ?? NOTHING, className: "text" },
    { label: "labels", value: (row) => Object.entries(row.labels).map(([name, value]) => `${name}: ${value}`).join("; "),
      text: (labels) => labels || NOTHING, className: "text" },
    { label: "session key", value: (row) => [row.customer, row.openedAtUtc, row.onlyAgent]
      .filter((part) => !none(part)).join(" "), className: "text" },
  ], rows);
}
