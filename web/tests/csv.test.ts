import { describe, expect, test } from "vitest";

import { CsvError, read, written } from "../src/console/files/csv.js";

describe("written", () => {
  test("quotes what would end a cell", () => {
    expect(written([["a,b", 'say "x"', "two\nlines", "plain"]])).toBe('\ufeff"a,b","say ""x""","two\nlines",plain\r\n');
  });

  test.each(["=1+1", "+7", "-1", "@SUM(A1)", "\tx"])("makes %j text for a spreadsheet", (formula) => {
    expect(written([[formula]])).toBe(`\ufeff'${formula}\r\n`);
  });
});

describe("read", () => {
  test("returns what was written", () => {
    const rows = [
      ["email", "name"],
      ["anna@example.com", 'Anna "A", née\r\nБ'],
      ["=x@example.com", ""],
    ];

    expect(read(written(rows))).toEqual(rows);
  });

  test("takes semicolons, lone line feeds and a last line without an end", () => {
    expect(read("email;name\na@example.com;A, B\n\nb@example.com;")).toEqual([
      ["email", "name"],
      ["a@example.com", "A, B"],
      ["b@example.com", ""],
    ]);
  });

  test("finds nothing in an empty file", () => {
    expect(read("")).toEqual([]);
  });

  test.each(['a\r\n"b', 'a\n"b"c'])("says on which line quotation marks do not fit in %j", (file) => {
    expect(() => read(file)).toThrow(new CsvError(2));
  });
});
