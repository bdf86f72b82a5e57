// Paths as values of tmux options, which are read back in lines and cells.
import { expect, test } from "bun:test";
import { pathOption, readPathOption } from "../../src/ports/tmux/sessions";

test("a plain path is its own value", () => {
  expect(pathOption("/r/it's $(x) #{y} \"z\" é/.git")).toBe("/r/it's $(x) #{y} \"z\" é/.git");
});

test("a path with control characters is one cell, and comes back as it was", () => {
  for (const path of ["/a\nb", "/a\tb\\c\"d", "/\u007f\u001b[31m"]) {
    expect(pathOption(path)).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(readPathOption(pathOption(path))).toBe(path);
  }
});

test("a value that nobody wrote stays what it is", () => {
  expect([readPathOption(""), readPathOption('"broken'), readPathOption("/plain")]).toEqual(["", '"broken', "/plain"]);
});
