// Elements, and tables that can be saved as CSV.

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function section(id) {
  return document.getElementById(id);
}

/** On a narrow screen rows become blocks, and a table that is no table any more loses its roles in browsers. */
function withRole(role, made) {
  made.setAttribute("role", role);
  return made;
}

function headRow(...cells) {
  return withRole("rowgroup", element("thead", {}, withRole("row", element("tr", {}, ...cells))));
}

function th(text, className = "", scope = "col") {
  return withRole(scope === "col" ? "columnheader" : "rowheader", element("th", { className, scope }, text));
}

function td(text, className = "") {
  return withRole("cell", element("td", { className }, text));
}

/** The cell of a column: its first one names the row. */
function cell(column, row, isFirst) {
  const text = column.text ? column.text(column.value(row), row) : column.value(row) ?? "";
  const className = (typeof column.className === "function" ? column.className(row) : column.className) ?? "";
  const made = isFirst ? th(text, className, "row") : td(text, className);
  made.dataset.label = column.label;
  return made;
}

function rowOf(columns, row) {
  return withRole("row", element("tr", { className: row.className ?? "" },
    ...columns.map((column, i) => cell(column, row, i === 0))));
}

/**
 * Fills a table. A column has a label; a value of a row, which is what CSV has; its text, if that is another; and a
 * name in CSV, if that is not the label. A column of null is left out.
 */
function fill(table, name, allColumns, rows) {
  const columns = allColumns.filter((column) => column !== null);
  withRole("table", table);
  table.setAttribute("aria-label", name);
  table.classList.add("stacks");
  table.replaceChildren(
    headRow(...columns.map((column) => th(column.label))),
    withRole("rowgroup", element("tbody", {}, ...rows.map((row) => rowOf(columns, row)))));
  offer(table, name, columns, rows);
}

// ---- CSV ----

/** Text that a spreadsheet would take for a formula begins with an apostrophe. Numbers as text stay. */
function csvField(value) {
  if (none(value)) {
    return "";
  }
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) && !/^-?\d+$/.test(value)
    ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

function csvName(column) {
  return column.csv ?? column.label.replaceAll(/[^\p{L}\p{N}]+/gu, "_");
}

/** With a byte order mark, without which Excel takes UTF-8 for another encoding. */
function csvText(columns, rows) {
  return `\ufeff${[columns.map(csvName), ...rows.map((row) => columns.map((column) => column.value(row)))]
    .map((fields) => `${fields.map(csvField).join(",")}\r\n`).join("")}`;
}

function fileName(...parts) {
  return `${parts.filter((part) => part).join(" ").toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "").slice(0, 120)}.csv`;
}

function save(name, columns, rows) {
  const file = fileName(name, about.from, about.to, nameOfFilter(), nameOf(figures));
  const address = URL.createObjectURL(new Blob([csvText(columns, rows)], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: address, download: file, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), MINUTE * 1000);
  section("said").textContent = `Saved ${file}, ${plural(rows.length, "row")}.`;
}

/** A button after a table or chart that saves its rows; what it saved before is replaced. */
function offer(place, name, columns, rows) {
  const old = place.nextElementSibling;
  const button = element("button", { type: "button", className: "csv" }, "Save as CSV",
    element("span", { className: "unseen" }, `: ${name}`));
  button.addEventListener("click", () => save(name, columns, rows));
  const tools = element("p", { className: "tools", hidden: rows.length === 0 }, button);
  if (old?.classList.contains("tools")) {
    old.replaceWith(tools);
  } else {
    place.after(tools);
  }
}
