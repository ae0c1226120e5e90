// The head of the page, what does not depend on the choice in it, and the choice.

const total = figures.total;

section("period").textContent = [
  daysFrom(about.from, about.to),
  plural(days, "day"),
  `times in ${about.timeZone}`,
  about.mode === "addressed-agent"
    ? "only the answer of the agent written to counts"
    : "any agent's answer counts",
  ...(nameOfFilter() ? [`only ${nameOfFilter()}`] : []),
].join(" · ");

section("counted").textContent = headline < 0 ? ""
  : `Sessions that have not waited longer than the target yet are left out${
    about.closedCounts ? "" : ", and those that were closed without an answer"}.`;

if (byHour) {
  section("shares").querySelector("h2").textContent = "Answered within target, hour by hour";
  section("shares").querySelector(".note").textContent =
    "Of the sessions that opened in the hour, answered or not. Below: how many opened.";
  section("times").querySelector("h2").textContent = "Response times, hour by hour";
  section("slots").querySelector("summary").textContent = "Hour by hour as a table";
}

// ---- teams and labels ----

const teams = report.slices.filter((slice) => slice.by === "team");
const labels = report.slices.filter((slice) => slice.by === "label");

/** A table of slices, each against the days before. */
function fillSlices(table, name, label, slices, value) {
  const text = (slice) => changeOfShare(share(slice.total, headline), share(slice.previous, headline));
  fill(table, name, [
    { label, value, text: (value) => value ?? "none" },
    ...figureColumns((slice) => slice.total),
    headline < 0 ? null : {
      label: `within ${about.target}, against the days before`,
      csv: "share_change",
      value: (slice) => {
        const [now, before] = [share(slice.total, headline), share(slice.previous, headline)];
        return none(now) || none(before) ? null : now - before;
      },
      text: (_, slice) => text(slice).text,
      className: (slice) => `change ${text(slice).className}`,
    },
  ], slices);
}

function leftOut(all, shown, noun) {
  return all > shown ? ` Of ${plural(all, noun)} the ${count(shown)} with the most sessions.` : "";
}

function drawTeams() {
  section("teams").hidden = !teams.some((slice) => slice.value !== null);
  section("teams").querySelector(".note").textContent =
    "A session belongs to the team, when it opened, of who answered or, if nobody has, of who was written to."
    + leftOut(report.slicesOf.teams, teams.length, "team");
  fillSlices(section("teams").querySelector("table"), "Teams", "team", teams, (slice) => slice.value);
}

function drawLabels() {
  const { labels: names, labelNames } = report.slicesOf;
  section("labels").hidden = names.length === 0;
  section("labels").querySelector(".note").textContent =
    "Labels are those of the first unanswered message."
    + (labelNames > names.length ? ` Of ${plural(labelNames, "label")} the ${names.length} that divide the most`
      + " sessions into few groups." : "");
  section("labels").querySelector(".parts").replaceChildren(...names.flatMap(({ name, values }) => {
    const slices = labels.filter((slice) => slice.name === name);
    const table = element("table");
    const part = element("div", { className: "part" },
      element("h3", {}, name),
      element("p", { className: "note" }, leftOut(values, slices.filter(({ value }) => value !== null).length, "value")
        .trim()),
      table);
    fillSlices(table, `Label ${name}`, name, slices, (slice) => slice.value);
    return [part];
  }));
}

// ---- goals ----

const ofGoals = targets.map((target, i) => ({ ...target, i })).filter(({ goal }) => goal !== null);

function drawGoals() {
  const kinds = [report.figures, ...teams.filter(() => !section("teams").hidden), ...labels];
  const rows = kinds
    .flatMap((slice) => ofGoals.map(({ name, goal, i }) => ({
      who: nameOf(slice) || "all sessions", target: name, goal, share: share(slice.total, i), of: slice.total.of[i],
      within: slice.total.within[i],
      business: share(slice.total.business, i),
    })))
    .filter((row) => row.share !== null)
    .sort((a, b) => (a.share - a.goal) - (b.share - b.goal));
  const missed = rows.filter((row) => row.share < row.goal).length;
  const result = (share, goal) => (none(share) ? NOTHING : share >= goal ? "met" : "missed");
  section("goals").hidden = headline < 0;
  section("goals").querySelector(".note").textContent = ofGoals.length === 0
    ? "No target has a goal, such as 90 % of the sessions: update response_target set goal = 0.9 where …"
    : `${count(missed)} of ${count(rows.length)} goals of teams and labels are missed; the furthest from its goal first.`;
  section("goals").querySelector("table").hidden = rows.length === 0;
  const isBusiness = about.calendar !== null;
  fill(section("goals").querySelector("table"), "Targets missed and met", [
    { label: "sessions of", csv: "sessions_of", value: (row) => row.who },
    { label: "within", value: (row) => row.target },
    { label: "share", value: (row) => row.share, text: (value, row) => percent(row.within, row.of) },
    { label: "of sessions", value: (row) => row.of, text: count },
    { label: "goal", value: (row) => row.goal, text: (goal) => `${Number((100 * goal).toFixed(2))}\u00a0%` },
    { label: "result", value: (row) => result(row.share, row.goal),
      className: (row) => `change ${row.share < row.goal ? "worse" : "better"}` },
    isBusiness ? { label: "share in business time", value: (row) => row.business,
      text: (value) => (none(value) ? NOTHING : percent(value, 1)) } : null,
    isBusiness ? { label: "result in business time", value: (row) => result(row.business, row.goal) } : null,
  ], rows);
}

// ---- who waits ----

function drawWaiting() {
  const place = section("waiting");
  const shown = waiting.longest.length;
  place.querySelector(".note").textContent =
    (waiting.sessions === 0 ? "Nobody waited"
      : `${count(waiting.sessions)} waited${waiting.sessions > shown
        ? `; the ${shown} who have waited longest` : ", the longest first"}`)
    + `. Of all days, at the time of this report, ${moment(about.madeAt)}${ofAllSessions()}.`;
  place.querySelector("table").hidden = shown === 0;
  fill(place.querySelector("table"), "Who waits now", [
    { label: "customer", value: (row) => row.customerName ?? row.customer },
    { label: "wrote to agent", value: (row) => row.askedAgentName ?? row.askedAgent,
      text: (name) => name ?? NOTHING, className: "text" },
    { label: "since", value: (row) => row.openedAt, text: moment },
    { label: "waits for", csv: "waits_seconds", value: (row) => row.seconds, text: duration },
    about.calendar === null ? null : { label: "in business time", csv: "business_seconds",
      value: (row) => row.businessSeconds, text: duration },
  ], waiting.longest);
}

// ---- late messages, corrections ----

function facts(id, rows) {
  section(id).replaceChildren(...rows.flatMap(([name, meaning, value]) =>
    [element("dt", {}, name, element("small", {}, meaning)), element("dd", {}, value)]));
}

function drawSurprises() {
  const { late, corrections } = surprises;
  const effects = late.effects === null
    ? [["what they would have changed",
      "not computed: that takes long without the indexes of conf/sql/optional/indexes-for-readers.sql", NOTHING]]
    : [
      ["answers unseen", "a session is reported as longer, as open, or as closed", count(late.effects.answersUnseen)],
      ["closes unseen", "a session is reported as answered or closed later, or as open",
        count(late.effects.closesUnseen)],
      ["questions unseen", "a session is missing, or reported as shorter", count(late.effects.questionsUnseen)],
      ["without effect", "they would have changed no session", count(late.effects.withoutEffect)],
      ["the most overstated wait", "reported too long by at most",
        duration(late.effects.mostOverstatedSeconds)],
    ];
  facts("late", [
    ["Late messages", "sent in these days, and arrived after their results were final: they changed nothing",
      count(late.messages)],
    ...(late.messages === 0 ? [] : [
      ...effects,
      ["the latest", "with event-time.max-out-of-orderness larger by this much, all would have been in time",
        duration(late.longestSeconds)],
    ]),
  ]);
  facts("corrections", [
    ["Corrections", "of live results of these days, before they were final", count(corrections.rows)],
    ...(corrections.rows === 0 ? [] : [
      ["answer found", "reported as open or closed, and answered", count(corrections.answerFound)],
      ["answer changed", "answered earlier, or by somebody else", count(corrections.answerChanged)],
      ["answer lost", "the answer belongs to another session", count(corrections.answerLost)],
      ["close changed", "closed earlier or later, or not closed", count(corrections.closeChanged)],
      ["no session", "part of another session", count(corrections.sessionDeleted)],
    ]),
  ]);
}

// ---- the choice ----

/** The options of a kind of slices. */
function options(label, slices) {
  return slices.length === 0 ? [] : [element("optgroup", { label }, ...slices.map((slice) =>
    element("option", { value: String(report.slices.indexOf(slice)) },
      `${nameOf(slice)} (${plural(slice.total.sessions, "session")})`)))];
}

function drawChoice() {
  const select = section("choice").querySelector("select");
  const agents = report.slices.filter((slice) => slice.by === "agent");
  section("choice").hidden = report.slices.length === 0;
  select.append(
    element("option", { value: "-1" }, `all sessions (${plural(total.sessions, "session")})`),
    ...options("Team", section("teams").hidden ? [] : teams),
    ...report.slicesOf.labels.flatMap(({ name }) => options(`Label ${name}`, labels.filter((slice) => slice.name === name))),
    ...options("Agent", agents));
  const left = [
    [report.slicesOf.teams, teams.length, "team"],
    ...report.slicesOf.labels.map(({ name, values }) =>
      [values, labels.filter((slice) => slice.name === name && slice.value !== null).length, `${name} value`]),
    [report.slicesOf.agents, agents.length, "agent"],
    [report.slicesOf.labelNames, report.slicesOf.labels.length, "label"],
  ].filter(([all, shown]) => all > shown).map(([all, shown, noun]) => `${count(all - shown)} of ${plural(all, noun)}`);
  section("choice").querySelector(".note").textContent =
    "An agent's sessions are those that the agent answered, and those that were written to the agent and nobody has"
    + " answered. Several filters at once: scripts/report --team … --label.NAME … --agent …"
    + (left.length ? `, which also has what is left out here: ${left.join(", ")}.` : ".");
  select.addEventListener("change", () => {
    show(report.slices[Number(select.value)] ?? report.figures);
    const chosen = nameOf(figures);
    section("said").textContent = `Shown: ${chosen || "all sessions"}, ${plural(figures.total.sessions, "session")}.`;
  });
  // Browsers restore what was chosen before the page was loaded again.
  select.value = "-1";
}

// ---- all together ----

function show(shown) {
  figures = shown;
  const chosen = nameOf(figures);
  const isAll = figures.by === "all";
  section("shown").textContent = isAll ? "" : `Only ${chosen}.${figures.hours === null
    ? " Hours of the week and agents are in a report of these sessions only (scripts/report)." : ""}`;
  section("shown").hidden = isAll;
  for (const part of document.querySelectorAll(".of-all")) {
    part.classList.toggle("aside", !isAll);
  }
  drawCards();
  drawWaiting();
  section("of-all-surprises").textContent = ofAllSessions() ? `Of all sessions, not only ${chosen}.` : "";
  if (total.sessions > 0) {
    takeSlots();
    drawComparison();
    drawSlots();
    drawBrackets();
    drawReplies();
    drawPercentiles();
    drawMap();
    drawAgents();
    drawLongest();
    draw(printing);
  }
}

section("made").textContent =
  `Made ${moment(about.madeAt)} (${about.timeZone}). The figures of the last days change while sessions`
  + " that are open there are answered.";
let printing = false;
drawSurprises();
if (total.sessions === 0) {
  for (const empty of document.querySelectorAll(".needs-sessions")) {
    empty.hidden = true;
  }
  section("cards").after(element("section", {},
    element("p", { className: "empty" }, `No session ${nameOfFilter() ? `of ${nameOfFilter()} ` : ""}opened in these days.`)));
} else {
  if (headline < 0) {
    section("shares").hidden = true;
  }
  legend("shares", shareLines);
  legend("times", timeLines);
  drawTeams();
  drawLabels();
  drawGoals();
  drawSwitch();
}
drawChoice();
show(report.figures);

// A printed page has its own width.
const drawFor = (paper) => {
  printing = paper;
  draw(paper);
};
window.addEventListener("beforeprint", () => drawFor(true));
window.addEventListener("afterprint", () => drawFor(false));
let width = document.documentElement.clientWidth;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth !== width) {
    width = document.documentElement.clientWidth;
    draw(printing);
  }
});
