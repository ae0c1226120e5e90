// Charts by day, or by hour of a single one.

const days = figures.days.length;
const byHour = days === 1;
const dates = figures.days.map((entry) => new Date(`${entry.day}T00:00:00Z`));
const dayAndWeekday = (i) => `${weekdayFormat.format(dates[i])} ${day(figures.days[i].day)}`;
const PRINTED_WIDTH = 660;
const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;
let slots = [];

/** The days or hours of the figures that are shown. */
function takeSlots() {
  slots = byHour
    ? d3.range(24).map((hour) => ({
      name: `${dayAndWeekday(0)}, ${clock(hour)}`,
      from: `${figures.days[0].day} ${clock(hour)}`,
      figures: figures.hours.find((entry) => entry.hour === hour)?.figures ?? null,
    }))
    : figures.days.map((entry, i) => ({ name: dayAndWeekday(i), from: entry.day, figures: entry.figures }));
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
  section(id).querySelector(".legend").replaceChildren(...lines.map((line) =>
    element("span", { className: line.className }, element("i"),
      element("span", { className: "name" }, line.label))));
}

function draw(printing) {
  if (figures.total.sessions === 0) {
    return;
  }
  const width = printing ? PRINTED_WIDTH
    : Math.max(280, section("times").querySelector(".chart").clientWidth);
  if (headline >= 0) {
    drawLines("shares", shareLines, (_, height) => shareScale(height), width, printing);
  }
  drawLines("times", timeLines, timeScale, width, printing);
}

/** The same as a table, for those who see no charts. */
function drawSlots() {
  fill(section("slots").querySelector("table"), byHour ? "Hour by hour" : "Day by day", [
    { label: byHour ? "hour" : "day", csv: byHour ? "hour" : "day", value: (slot) => slot.from,
      text: (_, slot) => slot.name },
    ...figureColumns((slot) => slot.figures ?? NO_FIGURES),
  ], slots);
}
