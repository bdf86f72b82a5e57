// How many agents have each status, those that need a person first. What is zero is not shown.
import { eachAgent, fill, icon, LETTER, LETTERS, type Segment, stands, when } from "./segment";

export const counts: Segment = {
  name: "counts",
  doc: "how many agents wait, failed, are done and not looked at, work, start, are idle or have ended",
  example: "◐ 1 ✓ 2 ● 3",
  inLine: true,
  format: ({ suffix }) => fill(`counts${suffix}`, "LIST", eachAgent(LETTER)),
  parts: (pen) => ({
    [`counts${pen.suffix}`]: Object.entries(LETTERS)
      .map(([letter, row]) => when(`#{m:*${letter}*,#{l:LIST}}`, `${pen.opens(pen.in(row, `${icon(row)} #{n:#{s/[^${letter}]//:#{l:LIST}}}`, stands(row)))} `))
      .join(""),
  }),
};
