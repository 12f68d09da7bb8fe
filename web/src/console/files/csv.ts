/** Comma-separated values (RFC 4180), as spreadsheets read and write them. */

// what a spreadsheet would take for a formula (OWASP, CSV injection)
const FORMULA = /^[=+\-@\t\r]/;
const GUARDED = /^'(?=[=+\-@\t\r])/;
const BYTE_ORDER_MARK = "\ufeff";

/** Return the rows as a file; a cell that a spreadsheet would run is made text by a `'` before it. */
export function written(rows: readonly (readonly string[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string): string {
  const harmless = value.replace(FORMULA, "'$&");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A quotation mark is not closed, or more follows it. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  readonly line: number;

  constructor(line: number) {
    super(`The quotation marks on line ${line} do not fit`);
    this.line = line;
  }
}

/** Return the rows of a file, without empty ones; cells end at `,` or, as in much of Europe, at `;`. Throws `CsvError`. */
export function read(file: string): string[][] {
  const text = file.replace(BYTE_ORDER_MARK, "");
  const separator = separatorOf(text);
  const cells = new RegExp(`(?:"([^"]*(?:""[^"]*)*)"|((?!")[^${separator}\\r\\n]*))(${separator}|\\r\\n|\\n|\\r|$)`, "y");
  const rows: string[][] = [[]];
  let end: string = separator;
  while (cells.lastIndex < text.length || end === separator) {
    const from = cells.lastIndex;
    const found = cells.exec(text);
    if (!found) throw new CsvError(text.slice(0, from).split(/\r\n|\n|\r/).length);
    if (end !== separator) rows.push([]);
    end = found[3] ?? "";
    const value = found[1]?.replaceAll('""', '"') ?? found[2] ?? "";
    rows.at(-1)?.push(value.replace(GUARDED, ""));
  }
  return rows.filter((row) => row.some((value) => value.trim() !== ""));
}

function separatorOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  return first.includes(";") && !first.includes(",") ? ";" : ",";
}
