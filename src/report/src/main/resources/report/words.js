// The data of the page, and words for its figures.

const report = JSON.parse(document.getElementById("data").textContent);
const { about, waiting, surprises, completeThrough } = report;
const { targets } = about;
// The figures that are shown: of all sessions, or of a slice.
let figures = report.figures;
// The index of the first target in the arrays "within"; -1 if there are none.
const headline = targets.findIndex((target) => target.name === about.target);
// The indexes of all targets, the first target before the others.
const order = targets
  .map((_, i) => i)
  .sort((i, j) => (j === headline) - (i === headline) || i - j);
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const NOTHING = "–";
const NO_FIGURES = { sessions: 0, answered: 0, unanswered: 0, closed: 0, counted: 0, median: null, p90: null,
  within: targets.map(() => 0), of: targets.map(() => 0), business: null };

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

function none(value) {
  return value === null || value === undefined;
}

/** A share from 0 to 1, or null of nothing. */
function share(figures, i) {
  return figures && figures.of[i] ? figures.within[i] / figures.of[i] : null;
}

/** How many sessions have not waited longer than a target yet. */
function running(figures, i) {
  return figures.counted - figures.of[i];
}

const MINUS = "\u2212";

/** "+4.2 points, up, better": the sign and the direction are text, which screen readers read. */
function changed(difference, text, better) {
  if (difference === 0) {
    return { text: "unchanged", className: "" };
  }
  const good = better === null ? null : (difference > 0) === (better === "up");
  return {
    text: [`${difference > 0 ? "+" : MINUS}${text}`, difference > 0 ? "up" : "down",
      ...(good === null ? [] : [good ? "better" : "worse"])].join(", "),
    className: good === null ? "" : good ? "better" : "worse",
  };
}

/** What would be rounded to nothing, in one digit. */
function small(size) {
  return Number(size.toPrecision(1));
}

const NOT_COMPARED = { text: NOTHING, className: "" };

function changeOfShare(now, before) {
  if (none(now) || none(before)) {
    return NOT_COMPARED;
  }
  const points = 100 * (now - before);
  const size = Math.abs(points);
  return changed(points, `${size < 0.05 ? small(size) : size.toFixed(1)}\u00a0points`, "up");
}

function changeOfTime(now, before) {
  return none(now) || none(before) ? NOT_COMPARED
    : changed(now - before, Math.abs(now - before) < 0.05 ? `${small(Math.abs(now - before))}\u00a0s`
      : duration(Math.abs(now - before)), "down");
}

function changeOfCount(now, before) {
  return before === 0 && now === 0 ? NOT_COMPARED
    : changed(now - before, `${count(Math.abs(now - before))}${
      before === 0 ? "" : ` (${percentOf(Math.abs(now - before), before)})`}`, null);
}

/** As percent, and may be more than 100. */
function percentOf(part, all) {
  return `${((100 * part) / all).toFixed(1)}\u00a0%`;
}

function daysFrom(first, last) {
  return first === last ? day(first) : `${day(first)} – ${day(last)}`;
}

function nameOfAgent(name, id) {
  return name ?? id ?? NOTHING;
}
