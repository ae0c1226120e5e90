"use strict";

(() => {
  const report = JSON.parse(document.getElementById("data").textContent);
  const { about, figures, waiting, surprises, completeThrough } = report;
  const { targets } = about;
  const total = figures.total;
  // The index of the first target in the arrays "within"; -1 if there are none.
  const headline = targets.findIndex((target) => target.name === about.target);
  // The indexes of all targets, the first target before the others.
  const order = targets
    .map((_, i) => i)
    .sort((i, j) => (j === headline) - (i === headline) || i - j);
  const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const MINUTE = 60;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const YEAR = 365 * DAY;
  const NOTHING = "–";
  // What shares are not of.
  const NOT_COUNTED = `Sessions that have not waited longer than the target yet are left out${
    about.closedCounts ? "" : ", and those that were closed without an answer"}.`;
  const PRINTED_WIDTH = 660;

  // ---- words ----

  const whole = new Intl.NumberFormat("en");

  function count(n) {
    return whole.format(n);
  }

  function plural(n, noun) {
    return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
  }

  function percent(part, all) {
    if (!all) {
      return NOTHING;
    }
    const share = (100 * part) / all;
    if (part === all || part === 0) {
      return `${share}\u00a0%`;
    }
    // Rounding does not make 100 % of less than all, or 0 % of more than none.
    const bound = share < 0.1 ? "<\u00a0" : share > 99.9 ? ">\u00a0" : "";
    return `${bound}${Math.min(99.9, Math.max(0.1, share)).toFixed(1)}\u00a0%`;
  }

  /** Seconds in at most two units. */
  function duration(seconds) {
    if (seconds === null || seconds === undefined) {
      return NOTHING;
    }
    if (seconds < 9.95) {
      return `${Number(seconds.toFixed(1))}\u00a0s`;
    }
    const parts = (n, unit, rest, of) => (rest
      ? `${n}\u00a0${unit} ${rest}\u00a0${of}` : `${n}\u00a0${unit}`);
    const s = Math.round(seconds);
    if (s < MINUTE) {
      return `${s}\u00a0s`;
    }
    if (s < HOUR) {
      return parts(Math.floor(s / MINUTE), "min", s % MINUTE, "s");
    }
    const m = Math.round(seconds / MINUTE);
    if (m * MINUTE < DAY) {
      return parts(Math.floor(m / 60), "h", m % 60, "min");
    }
    const h = Math.round(seconds / HOUR);
    if (h * HOUR < YEAR) {
      return parts(Math.floor(h / 24), "d", h % 24, "h");
    }
    const d = Math.round(seconds / DAY);
    return parts(Math.floor(d / 365), "y", d % 365, "d");
  }

  /** Seconds in one unit, for narrow cells. */
  function brief(seconds) {
    for (const [length, unit] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "m"]]) {
      if (seconds >= length * 0.995) {
        return `${Math.round(seconds / length)}${unit}`;
      }
    }
    return `${Math.round(seconds)}s`;
  }

  const dayFormat = new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC", day: "numeric", month: "short", year: "numeric",
  });
  const collator = new Intl.Collator("en");
  const weekdayFormat = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short" });

  /** A day of the data. It has no time zone; formatting it in UTC changes nothing. */
  function day(name) {
    return dayFormat.format(new Date(`${name}T00:00:00Z`));
  }

  function moment(text) {
    return `${day(text.slice(0, 10))}, ${text.slice(11, 19)}`;
  }

  // ---- elements ----

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function section(id) {
    return document.getElementById(id);
  }

  function headRow(...cells) {
    return element("thead", {}, element("tr", {}, ...cells));
  }

  function th(text, className = "", scope = "col") {
    return element("th", { className, scope }, text);
  }

  function td(text, className = "") {
    return element("td", { className }, text);
  }

  // ---- the head and the cards ----

  const days = figures.days.length;
  section("period").textContent = [
    about.from === about.to ? day(about.from) : `${day(about.from)} – ${day(about.to)}`,
    plural(days, "day"),
    `times in ${about.timeZone}`,
    about.mode === "addressed-agent"
      ? "only the answer of the agent written to counts"
      : "any agent's answer counts",
  ].join(" · ");

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

  function business(text) {
    return total.business ? `in business time: ${text(total.business)}` : null;
  }

  function ofAll(seconds, share) {
    if (seconds !== null) {
      return `of all sessions: ${duration(seconds)}`;
    }
    return total.sessions ? `of all sessions: none, fewer than ${share} are answered` : null;
  }

  function completeCard() {
    const label = "Complete through";
    if (completeThrough === null) {
      return card(label, "not known", ["data_complete_through is not in the schema"], { words: true });
    }
    if (completeThrough.infinite) {
      return card(label, "all of the input", ["it was read to its end"],
        { words: true });
    }
    if (completeThrough.at === null) {
      return card(label, "not known yet", ["no job has reported it"], { words: true });
    }
    return card(label, moment(completeThrough.at),
      [`messages up to then are in; reported ${moment(completeThrough.reportedAt)}`], { words: true });
  }

  function shareCard() {
    const others = order.slice(1).map((i) =>
      element("p", {}, `within ${targets[i].name}: `,
        element("b", {}, percent(total.within[i], total.of[i]))));
    const all = total.of?.[headline] ?? 0;
    return card(`Answered within ${about.target}`,
      percent(total.within[headline], all),
      [meter(total.within[headline] || 0, all),
        `${count(total.within[headline] || 0)} of ${plural(all, "session")},`
          + " those who wait for longer included",
        business((figures) => percent(figures.within[headline], figures.of[headline])),
        ...others],
      { className: "headline" });
  }

  document.getElementById("counted").textContent = headline < 0 ? "" : NOT_COUNTED;
  section("cards").append(...[
    headline < 0 ? null : shareCard(),
    card("Median response time", duration(total.median),
      ["half of the answered sessions took at most this long", ofAll(total.medianOfAll, "half"),
        business((figures) => duration(figures.median))]),
    card("P90 response time", duration(total.p90),
      ["nine in ten of the answered took at most this long", ofAll(total.p90OfAll, "90 %"),
        business((figures) => duration(figures.p90))]),
    card("Sessions", count(total.sessions),
      [`${count(total.answered)} answered, ${count(total.unanswered)} not`,
        total.closed ? `${count(total.closed)} closed without an answer` : null,
        total.notFinal ? `${count(total.notFinal)} may still be corrected` : null]),
    card("Waiting now", count(waiting.sessions),
      [waiting.sessions ? `the longest for ${duration(waiting.longestSeconds)}` : "nobody",
        "of all days, at the time of this report"]),
    completeCard(),
  ].filter((made) => made !== null));

  // ---- what is left out ----

  if (total.sessions === 0) {
    for (const empty of document.querySelectorAll(".needs-sessions")) {
      empty.hidden = true;
    }
    section("cards").after(element("section", {},
      element("p", { className: "empty" }, "No session opened in these days.")));
  }
  if (headline < 0) {
    section("shares").hidden = true;
  }

  // ---- charts by day, or by hour of a single one ----

  const byHour = days === 1;
  const dates = figures.days.map((entry) => new Date(`${entry.day}T00:00:00Z`));
  const dayAndWeekday = (i) => `${weekdayFormat.format(dates[i])} ${day(figures.days[i].day)}`;
  const slots = byHour
    ? d3.range(24).map((hour) => ({
      name: `${dayAndWeekday(0)}, ${String(hour).padStart(2, "0")}:00`,
      figures: figures.hours.find((entry) => entry.hour === hour)?.figures ?? null,
    }))
    : figures.days.map((entry, i) => ({ name: dayAndWeekday(i), figures: entry.figures }));
  if (byHour) {
    section("shares").querySelector("h2").textContent = "Answered within target, hour by hour";
    section("shares").querySelector(".note").textContent =
      "Of the sessions that opened in the hour, answered or not. Below: how many opened.";
    section("times").querySelector("h2").textContent = "Response times, hour by hour";
  }

  /** The positions of the ticks on the horizontal axis, and their labels. */
  function places(inner) {
    if (byHour) {
      return d3.range(0, 24, inner < 400 ? 6 : 3).map((hour) => [hour, `${hour}:00`]);
    }
    const named = d3.utcFormat(days > 200 ? "%b %Y" : "%-d %b");
    const whole = d3.scaleUtc([dates[0], d3.utcDay.offset(dates[0], days)], [0, days]);
    const shown = days <= 8 ? dates : whole.ticks(Math.max(2, Math.floor(inner / 90)))
      .filter((date) => date.getUTCHours() === 0 && date <= dates[days - 1]);
    return shown.map((date) => [whole(date), named(date)]);
  }

  function none(value) {
    return value === null || value === undefined;
  }

  const shareLines = order.map((i, n) => ({
    label: `within ${targets[i].name}`,
    className: `s${n % 4}${n === 0 ? " first" : ""}`,
    value: ({ figures }) => (figures?.of[i] ? (100 * figures.within[i]) / figures.of[i] : null),
  }));

  const timeLines = [
    { label: "median", className: "s0 first", value: ({ figures }) => figures?.median ?? null },
    { label: "P90", className: "s1", value: ({ figures }) => figures?.p90 ?? null },
  ];

  function tipOf({ name, figures }) {
    const lines = [element("b", {}, name)];
    const line = (label, value) => lines.push(element("span", {}, label, element("em", {}, value)));
    if (!figures) {
      lines.push("no session opened");
      return lines;
    }
    line("sessions", count(figures.sessions));
    line("unanswered", count(figures.unanswered));
    if (figures.closed) {
      line("closed", count(figures.closed));
    }
    for (const i of order) {
      line(`within ${targets[i].name}`, percent(figures.within[i], figures.of[i]));
    }
    line("median", duration(figures.median));
    line("P90", duration(figures.p90));
    return lines;
  }

  /** Where a logarithmic scale of seconds has its lines: at lengths that people know. */
  const LENGTHS = [0.1, 1, 5, 10, 30, MINUTE, 3 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR,
    12 * HOUR, DAY, 3 * DAY, 10 * DAY, 30 * DAY, 100 * DAY, YEAR, 10 * YEAR];

  function timeScale(lines, height) {
    const values = slots.flatMap((entry) => lines.map((line) => line.value(entry)))
      .filter((value) => !none(value))
      // A logarithm has no 0.
      .map((value) => Math.max(value, LENGTHS[0]));
    const low = LENGTHS.findLast((length) => length <= d3.min(values)) ?? LENGTHS[0];
    const high = LENGTHS.find((length) => length >= d3.max(values) && length > low)
      ?? d3.max(values) * 1.1;
    const scale = d3.scaleLog([low, high], [height, 0]).clamp(true);
    const inside = LENGTHS.filter((length) => length >= low && length <= high);
    const step = Math.ceil(inside.length / 7);
    return { scale, ticks: inside.filter((_, i) => i % step === 0), format: duration };
  }

  function shareScale(height) {
    return { scale: d3.scaleLinear([0, 100], [height, 0]), ticks: [0, 25, 50, 75, 100],
      format: (value) => `${value} %` };
  }

  /** Lines over days or hours, broken where one has no value, and below them sessions as bars. */
  function drawLines(id, lines, makeScale, width, printing) {
    const margin = { top: 8, right: 6, bottom: 24, left: 62 };
    const inner = width - margin.left - margin.right;
    const height = width < 500 || printing ? 160 : 210;
    const gap = 26;
    const barHeight = 44;
    const step = inner / slots.length;
    const x = (i) => (i + 0.5) * step;
    const { scale: y, ticks, format } = makeScale(lines, height);
    const svg = d3.create("svg")
      .attr("viewBox", `0 0 ${width} ${margin.top + height + gap + barHeight + margin.bottom}`)
      .attr("role", "img")
      .attr("aria-label", section(id).querySelector("h2").textContent);
    const root = svg.append("g").attr("transform", `translate(${margin.left},${margin.top})`);

    root.append("g").attr("class", "grid")
      .call(d3.axisLeft(y).tickValues(ticks).tickFormat(format).tickSize(-inner).tickPadding(8));

    const bars = root.append("g").attr("class", "counts")
      .attr("transform", `translate(0,${height + gap})`);
    const most = d3.max(slots, (entry) => entry.figures?.sessions ?? 0);
    const tall = d3.scaleLinear([0, most || 1], [0, barHeight]);
    const barWidth = Math.min(48, Math.max(0.5, step - 2 * Math.min(1, step * 0.1)));
    bars.selectAll("rect").data(slots).join("rect")
      .attr("x", (_, i) => x(i) - barWidth / 2)
      .attr("width", barWidth)
      .attr("y", (entry) => barHeight - tall(entry.figures?.sessions ?? 0))
      .attr("height", (entry) => tall(entry.figures?.sessions ?? 0));
    bars.append("text").attr("x", -8).attr("y", 10).attr("text-anchor", "end").text(count(most));
    bars.append("text").attr("x", -8).attr("y", barHeight).attr("text-anchor", "end").text("0");

    const axis = root.append("g").attr("class", "axis")
      .attr("transform", `translate(0,${height + gap + barHeight})`);
    axis.selectAll("g").data(places(inner)).join("g")
      .attr("transform", ([i]) => `translate(${x(i)},0)`)
      .call((tick) => tick.append("line").attr("y2", 5))
      .call((tick) => tick.append("text").attr("y", 18).attr("text-anchor", "middle")
        .text(([, name]) => name));

    // The headline last, over the others.
    for (const line of [...lines].reverse()) {
      const points = slots.map((entry, i) => [i, line.value(entry)]);
      const trend = root.append("g").attr("class", `trend ${line.className}`);
      trend.append("path").attr("d", d3.line()
        .defined(([, value]) => !none(value))
        .x(([i]) => x(i)).y(([, value]) => y(value))(points));
      // Points that no line goes to or from, and all of them where there is room.
      const alone = (i) => none(points[i - 1]?.[1]) && none(points[i + 1]?.[1]);
      trend.selectAll("circle")
        .data(points.filter(([i, value]) => !none(value) && (step >= 12 || alone(i))))
        .join("circle").attr("r", line.className.includes("first") ? 3 : 2.4)
        .attr("cx", ([i]) => x(i)).attr("cy", ([, value]) => y(value));
    }

    const cursor = root.append("line").attr("class", "cursor")
      .attr("y2", height + gap + barHeight).attr("visibility", "hidden");
    const tip = section("tip");
    svg.on("pointermove", (event) => {
      const i = Math.floor((d3.pointer(event, root.node())[0]) / step);
      if (i < 0 || i >= slots.length) {
        return;
      }
      cursor.attr("x1", x(i)).attr("x2", x(i)).attr("visibility", "visible");
      tip.replaceChildren(...tipOf(slots[i]));
      tip.hidden = false;
      const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
      tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, room))}px`;
      tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 14)}px`;
    });
    svg.on("pointerleave", () => {
      tip.hidden = true;
      cursor.attr("visibility", "hidden");
    });
    section(id).querySelector(".chart").replaceChildren(svg.node());
  }

  function legend(id, lines) {
    section(id).querySelector(".legend").append(...lines.map((line) =>
      element("span", { className: line.className }, element("i"),
        element("span", { className: "name" }, line.label))));
  }

  function draw(printing) {
    if (total.sessions === 0) {
      return;
    }
    const width = printing ? PRINTED_WIDTH
      : Math.max(280, section("times").querySelector(".chart").clientWidth);
    if (headline >= 0) {
      drawLines("shares", shareLines, (_, height) => shareScale(height), width, printing);
    }
    drawLines("times", timeLines, timeScale, width, printing);
  }

  legend("shares", shareLines);
  legend("times", timeLines);

  // ---- distribution ----

  function drawBrackets() {
    const rows = figures.brackets.map(({ moreThan, upTo, sessions }) => ({
      label: upTo === null ? (moreThan === null ? "any time" : "longer") : `up to ${duration(upTo)}`,
      sessions,
      className: "",
    }));
    let sum = 0;
    for (const row of rows) {
      sum += row.sessions;
      row.byThen = percent(sum, total.counted);
    }
    rows.push({ label: "unanswered", sessions: total.unanswered, className: "unanswered", byThen: "" });
    if (total.closed) {
      rows.push({ label: "closed", sessions: total.closed, className: "closed", byThen: "",
        share: about.closedCounts ? null : "" });
    }
    const most = d3.max(rows, (row) => row.sessions) || 1;
    section("brackets").querySelector("table").append(
      headRow(th("waited"), th("", "bar-cell"), th("sessions"), th("share"), th("by then")),
      element("tbody", {}, ...rows.map((row) => {
        const bar = element("i", { className: "bar" });
        bar.style.width = `${(100 * row.sessions) / most}%`;
        bar.hidden = row.sessions === 0;
        return element("tr", { className: row.className },
          th(row.label, "", "row"), element("td", { className: "bar-cell" }, bar),
          td(count(row.sessions)), td(row.share ?? percent(row.sessions, total.counted)), td(row.byThen));
      })));
  }

  // ---- first and later replies, percentiles ----

  function drawReplies() {
    section("replies").querySelector(".note").textContent =
      `A conversation ends when the customer writes nothing for more than ${
        duration(about.conversationGapSeconds)} after an answer. Times are of answered sessions.`;
    const row = (label, figures) => {
      const all = figures ?? { sessions: 0, unanswered: 0, within: [], of: [] };
      return element("tr", {}, th(label, "", "row"), td(count(all.sessions)),
        td(count(all.unanswered), "wide"), td(duration(all.median)), td(duration(all.p90), "wide"),
        headline < 0 ? null : td(percent(all.within[headline], all.of[headline])));
    };
    section("replies").querySelector("table").append(
      headRow(th(""), th("sessions"), th("unanswered", "wide"), th("median"), th("P90", "wide"),
        headline < 0 ? null : th(`within ${about.target}`)),
      element("tbody", {}, row("first", figures.firstReplies), row("later", figures.laterReplies),
        row("all", total)));
  }

  function drawPercentiles() {
    const { business } = total;
    section("percentiles").querySelector(".note").textContent =
      `What open sessions${about.closedCounts ? ", and closed ones," : ""} make of it: of all sessions, as many`
      + " have to be answered, and where fewer are there is no such time."
      + (business ? ` Business time is that of the calendar "${about.calendar}", in ${
        about.calendarTimeZone}: only open hours count, of answered sessions.` : "");
    const row = (label, answered, all, inBusiness) => element("tr", {}, th(label, "", "row"),
      td(answered), td(all), business ? td(inBusiness()) : null);
    const times = [["median", "median", "medianOfAll"], ["P90", "p90", "p90OfAll"],
      ["P95", "p95", "p95OfAll"], ["mean", "mean", null]];
    const shares = business ? order : [];
    section("percentiles").querySelector("table").append(
      headRow(th(""), th("of the answered"), th("of all"), business ? th("in business time") : null),
      element("tbody", {},
        ...times.map(([label, answered, all]) => row(label, duration(total[answered]),
          all === null ? "" : duration(total[all]), () => duration(business[answered]))),
        ...shares.map((i) => row(`within ${targets[i].name}`, "",
          percent(total.within[i], total.of[i]),
          () => percent(business.within[i], business.of[i])))));
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

  function drawMap(map) {
    const cells = new Map(figures.hours.map((entry) => [`${entry.weekday} ${entry.hour}`, entry.figures]));
    const values = figures.hours.map((entry) => map.value(entry.figures)).filter((value) => !none(value));
    const most = d3.max(values);
    const least = d3.min(values);
    const cell = (weekday, hour) => {
      const figures = cells.get(`${weekday + 1} ${hour}`);
      const value = figures ? map.value(figures) : null;
      const made = td(none(value) ? "" : map.text(value));
      const when = `${WEEKDAYS[weekday]} ${String(hour).padStart(2, "0")}:00`;
      made.title = figures
        ? `${when}: ${plural(figures.sessions, "session")}, median ${duration(figures.median)}${
          headline < 0 ? "" : `, within ${about.target} ${percent(figures.within[headline], figures.of[headline])}`}`
        : `${when}: no session`;
      const depth = none(value) ? 0 : 0.08 + 0.92 * map.depth(value, most, least);
      made.style.setProperty("--depth", `${(100 * depth).toFixed(1)}%`);
      made.classList.toggle("deep", depth > 0.55);
      return made;
    };
    const hours = d3.range(24);
    const table = section("hours").querySelector("table");
    table.className = `map ${map.className}`;
    table.replaceChildren(
      headRow(th(""), ...hours.map((hour) => th(hour % 3 ? "" : String(hour)))),
      element("tbody", {}, ...WEEKDAYS.map((name, weekday) =>
        element("tr", {}, th(name, "", "row"), ...hours.map((hour) => cell(weekday, hour))))));
    section("hours").querySelector(".note").textContent =
      `${map.note} Hours on the clock in ${about.timeZone}.`;
  }

  function drawSwitch() {
    section("hours").querySelector(".switch").append(...maps.map((map, i) => {
      const input = element("input", { type: "radio", name: "map", checked: i === 0 });
      input.addEventListener("change", () => drawMap(map));
      return element("label", {}, input, map.name);
    }));
    drawMap(maps[0]);
  }

  // ---- agents ----

  const agentColumns = [
    {
      label: "agent",
      // Named agents by their names, before those that have an id only.
      value: (row) => (none(row.name) ? BigInt(row.agent) : row.name),
      text: String,
      ascending: true,
    },
    { label: "answered", value: (row) => row.figures?.answered ?? 0, text: count },
    ...order.map((i, n) => ({
      label: `within ${targets[i].name}`,
      value: (row) => (row.figures ? row.figures.within[i] / row.figures.answered : null),
      text: (_, row) => (row.figures ? percent(row.figures.within[i], row.figures.answered) : NOTHING),
      className: n === 0 ? "" : "wide",
    })),
    { label: "median", value: (row) => row.figures?.median ?? null, text: duration, ascending: true },
    { label: "P90", value: (row) => row.figures?.p90 ?? null, text: duration, ascending: true, className: "wide" },
    { label: "written to", value: (row) => row.asked, text: count, className: "wide" },
    { label: "of those unanswered", value: (row) => row.askedUnanswered, text: count, className: "wide" },
    { label: "closed", value: (row) => row.askedClosed, text: count, className: "wide" },
  ];

  /** Texts by the alphabet and before numbers, numbers by their size. */
  function inOrder(a, b) {
    if (typeof a === "string" || typeof b === "string") {
      return typeof a === typeof b ? collator.compare(a, b) : typeof a === "string" ? -1 : 1;
    }
    return a < b ? -1 : a > b ? 1 : 0;
  }

  function sortAgents(table, column, ascending) {
    const sign = ascending ? 1 : -1;
    const compare = (left, right) => {
      const [a, b] = [column.value(left.row), column.value(right.row)];
      // Rows without a value are last in both directions.
      if (none(a) || none(b)) {
        return none(a) - none(b);
      }
      return sign * inOrder(a, b);
    };
    table.tBodies[0].replaceChildren(...agentRows.sort(compare).map(({ made }) => made));
    agentColumns.forEach((other, i) => {
      const head = table.tHead.rows[0].cells[i];
      if (other === column) {
        head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      } else {
        head.removeAttribute("aria-sort");
      }
    });
  }

  let agentRows = [];

  function drawAgents() {
    const { agents } = figures;
    section("agents").querySelector(".note").textContent =
      `${plural(agents.length, "agent")}. Times and shares are of the sessions that the agent answered,`
      + " whoever was written to; an agent who was written to and did not answer has no such session. Click a"
      + " heading to sort.";
    const table = section("agents").querySelector("table");
    agentRows = agents.map((row) => ({
      row,
      made: element("tr", {}, ...agentColumns.map((column) =>
        td(column.text(column.value(row), row), column.className))),
    }));
    table.append(
      headRow(...agentColumns.map((column) => {
        const button = element("button", { type: "button" }, column.label);
        const head = element("th", { className: column.className ?? "", scope: "col" }, button);
        head.dataset.label = column.label;
        button.addEventListener("click", () => {
          const sorted = head.getAttribute("aria-sort");
          const ascending = sorted ? sorted === "descending" : column.ascending === true;
          sortAgents(table, column, ascending);
        });
        return head;
      })),
      element("tbody"));
    sortAgents(table, agentColumns[1], false);
    const button = section("agents").querySelector("button.show-all");
    const hidden = agents.length - 25;
    button.hidden = hidden <= 0;
    const label = () => (table.classList.contains("all") ? "Show 25 only" : `Show all ${count(agents.length)}`);
    button.textContent = label();
    button.addEventListener("click", () => {
      table.classList.toggle("all");
      button.textContent = label();
    });
  }

  // ---- who waits ----

  function drawWaiting() {
    const place = section("waiting");
    const shown = waiting.longest.length;
    place.querySelector(".note").textContent =
      (waiting.sessions === 0 ? "Nobody waited"
        : `${count(waiting.sessions)} waited${waiting.sessions > shown
          ? `; the ${shown} who have waited longest` : ", the longest first"}`)
      + `. Of all days, at the time of this report, ${moment(about.madeAt)}.`;
    if (shown === 0) {
      place.querySelector("table").hidden = true;
      return;
    }
    const withBusiness = waiting.longest.some((row) => row.businessSeconds !== null);
    place.querySelector("table").append(
      headRow(th("customer"), th("wrote to agent", "wide"), th("since"), th("waits for"),
        withBusiness ? th("in business time", "wide") : null),
      element("tbody", {}, ...waiting.longest.map((row) =>
        element("tr", {}, td(row.customerName ?? row.customer),
          td(row.askedAgentName ?? row.askedAgent ?? NOTHING, "wide"),
          td(moment(row.openedAt)), td(duration(row.seconds)),
          withBusiness ? td(duration(row.businessSeconds), "wide") : null))));
  }

  // ---- late messages, corrections ----

  function facts(id, rows) {
    section(id).append(...rows.flatMap(([name, meaning, value]) =>
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

  // ---- all together ----

  section("made").textContent =
    `Made ${moment(about.madeAt)} (${about.timeZone}). The figures of the last days change while sessions`
    + " that are open there are answered.";
  drawWaiting();
  drawSurprises();
  if (total.sessions > 0) {
    drawBrackets();
    drawReplies();
    drawPercentiles();
    drawSwitch();
    drawAgents();
    draw(false);
  }

  // A printed page has its own width.
  let printing = false;
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
})();
