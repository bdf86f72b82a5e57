// Agents whose reports go to a fleet that is no longer there: moved, removed, or the old path of an upgrade.
import { readlinkSync } from "node:fs";
import { oneLine, shellWord } from "../../base/text";
import { findProgram } from "../../ports/process";
import { isAdoptedSession, listFleetPanes } from "../../ports/tmux/sessions";
import { agentDirectory, fleetLink, linkFleet } from "../launch";
import { type Check, type Finding, ok } from "./check";

export const linksCheck: Check = {
  title: "agents' fleet",
  async run({ tmux, store }) {
    // A program that fleet did not start has never been told where to report to.
    const panes = ((await listFleetPanes(tmux)) ?? []).filter(({ options }) => !isAdoptedSession(options.adopted));
    const running = store.agents().filter(({ id }) => panes.some(({ options }) => options.id === id));
    const findings = running.flatMap((record): Finding[] => {
      const directory = agentDirectory(store, record.id);
      if (findProgram(fleetLink(directory), "") !== null) return [];
      const name = oneLine(record.branch);
      const gone = target(fleetLink(directory));
      // Made by a fleet that put its own path into the hooks.
      if (gone === null) return [{ status: "warn", what: `${name} does not report to this fleet: it was started by another one`, hint: `fleet stop ${shellWord(record.branch)} && fleet start ${shellWord(record.branch)}`, things: [directory] }];
      const fix = async () => {
        linkFleet(directory, process.execPath);
        return `${name} reports to ${process.execPath}`;
      };
      return [{ status: "warn", what: `${name} reports to a fleet that is gone: ${gone}`, hint: "fleet doctor --fix", things: [fleetLink(directory)], fix }];
    });
    if (findings.length > 0) return findings;
    return running.length > 0 ? [ok(`${running.length === 1 ? "the agent that runs has" : `the ${running.length} agents that run have`} it`)] : [];
  },
};

function target(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}
