// Attempts side by side, as a table.
import type { Attempt } from "../base/model";
import { oneLine } from "../base/text";
import { ageText, changesText, statusText } from "./columns";
import type { Column } from "./table";

/** `resultOf` words what a run came to, or that it goes on; "" where there is none. */
export function attemptColumns(now: number, resultOf: (attempt: Attempt) => string): Column<Attempt>[] {
  return [
    { title: "branch", cell: ({ agent }) => oneLine(agent.branch), shrinkTo: 16 },
    { title: "result", cell: resultOf, colour: ({ result, checking }) => (checking !== null ? "blue" : result?.code === 0 ? "green" : "red"), hideEmpty: true },
    { title: "ran", cell: ({ result }) => (result === null ? "" : `${(result.took / 1000).toFixed(1)}s`), right: true, drop: 2, hideEmpty: true },
    { title: "files", cell: ({ files }) => (files === null ? "·" : String(files.length)), right: true },
    { title: "changes", cell: ({ agent }) => changesText(agent), right: true },
    { title: "commits", cell: ({ agent }) => (agent.ahead === null ? "·" : String(agent.ahead)), right: true, drop: 4 },
    { title: "time", cell: ({ seconds }) => (seconds === null ? "" : ageText(seconds)), right: true, drop: 3, hideEmpty: true },
    { title: "shared", cell: ({ shared }) => (shared.length > 0 ? String(shared.length) : ""), right: true, drop: 5, hideEmpty: true },
    { title: "kind", cell: ({ agent }) => oneLine(agent.record.kind), drop: 1 },
    { title: "status", cell: ({ agent }) => statusText(agent, now), drop: 6 },
  ];
}
