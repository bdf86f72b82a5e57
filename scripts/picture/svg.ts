// A terminal's screen, as tmux prints it with its colours, as an SVG picture. Pure.

interface Style {
  fg: string | null;
  bg: string | null;
  bold: boolean;
  dim: boolean;
  reverse: boolean;
}

interface Run extends Style {
  column: number;
  text: string;
}

const CELL = { width: 8.4, height: 18 };
const MARGIN = 12;
const SIZE = 14;
const INK = "#d4d4d4";
const PAPER = "#1e1e1e";
/** The sixteen colours that a terminal's palette has. */
const PALETTE = ["#1e1e1e", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d4d4d4", "#7f848e", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff"];
const PLAIN: Style = { fg: null, bg: null, bold: false, dim: false, reverse: false };

/** `screen` is the output of `capture-pane -pe`; `title` is for those who can't see the picture. */
export function screenSvg(screen: string, columns: number, title: string): string {
  const lines = screen.replace(/\s+$/, "").split("\n");
  const [width, height] = [Math.ceil(columns * CELL.width + 2 * MARGIN), lines.length * CELL.height + 2 * MARGIN];
  let style = PLAIN;
  const body = lines.flatMap((line, row) => {
    const read = readLine(line, style);
    style = read.style;
    return read.runs.flatMap((run) => drawn(run, row));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${SIZE}" fill="${INK}" xml:space="preserve">`,
    ...body,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function drawn({ column, text, fg, bg, bold, dim, reverse }: Run, row: number): string[] {
  const [ink, paper] = reverse ? [bg ?? PAPER, fg ?? INK] : [fg, bg];
  const [x, y] = [at(MARGIN + column * CELL.width), MARGIN + row * CELL.height];
  const width = at(Bun.stringWidth(text) * CELL.width);
  const look = `${ink === null ? "" : ` fill="${ink}"`}${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.6"' : ""}`;
  return [
    ...(paper === null ? [] : [`<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${paper}"/>`]),
    // The width is said, so that a column stays one in every font.
    ...(text.trim() === "" ? [] : [`<text x="${x}" y="${y + 13}" textLength="${width}" lengthAdjust="spacingAndGlyphs"${look}>${escape(text)}</text>`]),
  ];
}

/** Pieces of one look each. tmux carries a look over the end of a line. */
function readLine(line: string, before: Style): { runs: Run[]; style: Style } {
  const runs: Run[] = [];
  let [style, column] = [before, 0];
  for (const piece of line.split(/(\x1b\[[0-9;:]*m|\x1b[()].|[\x0e\x0f])/)) {
    const sgr = /^\x1b\[([0-9;:]*)m$/.exec(piece);
    if (sgr) style = withSgr(style, sgr[1]!);
    else if (!/^[\x1b\x0e\x0f]/.test(piece) && piece !== "") {
      runs.push({ ...style, column, text: piece });
      column += Bun.stringWidth(piece);
    }
  }
  return { runs, style };
}

function withSgr(before: Style, codes: string): Style {
  const style = { ...before };
  const numbers = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i]!;
    if (code === 0) Object.assign(style, PLAIN);
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 7) style.reverse = true;
    else if (code === 22) Object.assign(style, { bold: false, dim: false });
    else if (code === 27) style.reverse = false;
    else if (code === 39) style.fg = null;
    else if (code === 49) style.bg = null;
    else if (code === 38 || code === 48) {
      const rgb = numbers[i + 1] === 2;
      const colour = rgb ? hex(numbers.slice(i + 2, i + 5)) : indexed(numbers[i + 2]!);
      if (code === 38) style.fg = colour;
      else style.bg = colour;
      i += rgb ? 4 : 2;
    } else if (code >= 30 && code <= 37) style.fg = PALETTE[code - 30]!;
    else if (code >= 40 && code <= 47) style.bg = PALETTE[code - 40]!;
    else if (code >= 90 && code <= 97) style.fg = PALETTE[code - 82]!;
    else if (code >= 100 && code <= 107) style.bg = PALETTE[code - 92]!;
  }
  return style;
}

/** xterm's 256: the palette, a cube of six levels, greys. */
function indexed(index: number): string {
  if (index < 16) return PALETTE[index]!;
  if (index >= 232) return hex(Array(3).fill(8 + 10 * (index - 232)));
  const level = (n: number) => (n === 0 ? 0 : 55 + 40 * n);
  return hex([level(Math.floor((index - 16) / 36)), level(Math.floor((index - 16) / 6) % 6), level((index - 16) % 6)]);
}

function hex(rgb: readonly number[]): string {
  return `#${rgb.map((n) => n.toString(16).padStart(2, "0")).join("")}`;
}

function at(n: number): string {
  return String(Math.round(n * 10) / 10);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
