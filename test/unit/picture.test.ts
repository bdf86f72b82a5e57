import { expect, test } from "bun:test";
import { steady } from "../../scripts/picture/pictures";
import { screenSvg } from "../../scripts/picture/svg";

test("a screen becomes text in its colours, at its columns, with nothing of it read as markup", () => {
  const svg = screenSvg("\x1b[33m◐ a<b>&\x1b[39m c\n\x1b[48;5;236m\x1b[1mx\x1b[0m", 10, 'a "title"');
  expect(svg).toContain('aria-label="a &quot;title&quot;"');
  expect(svg).toMatch(/<text x="12" [^>]*fill="#e5c07b">◐ a&lt;b&gt;&amp;<\/text>/);
  expect(svg).toMatch(/<text x="70.8" y="25"[^>]*> c<\/text>/);
  expect(svg).toContain('<rect x="12" y="30" width="8.4" height="18" fill="#303030"/>');
  expect(svg).toMatch(/font-weight="bold">x</);
});

test("two runs with other times and figures draw the same", () => {
  const screen = (age: string, cpu: string, mem: string, sum: string, gap: string) => `a  ● working ${age}  ${cpu}  ${mem}  x\n[hello] 0:sh${gap}\x1b[1m\x1b[33m◐ a <1m\x1b[39m  ${sum}`;
  expect(steady(screen("11s", " 0%", "44M", "cpu 0%  mem 9M", " ".repeat(90)))).toBe(steady(screen("57s", "12%", "51M", "cpu 112%  mem 176M", " ".repeat(86))));
});
