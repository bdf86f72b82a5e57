// A session under another name.
import { ProcessError } from "../../base/errors";
import { formatText, NoServer, type Tmux } from "./call";
import { setOptions } from "./sessions";

/** Rename the session of agent `id`, where it is that one's. "taken": a session of that name is there. "gone": the agent has none. */
export async function renameSession(tmux: Tmux, session: string, id: string, name: string): Promise<"renamed" | "taken" | "gone"> {
  try {
    const found = await tmux.call([["display-message", "-p", "-t", `${session}:`, "#{@fleet_id}\t#{session_name}"]]);
    const [owner = "", now = ""] = found.replace(/\n$/, "").split("\t");
    if (owner !== id) return "gone";
    if (now !== name) await tmux.call([["rename-session", "-t", session, "--", formatText(name)]]);
    return "renamed";
  } catch (error) {
    if (error instanceof NoServer) return "gone";
    if (error instanceof ProcessError && /can't find/.test(error.stderr)) return "gone";
    if (error instanceof ProcessError && error.stderr.includes("duplicate session")) return "taken";
    throw error;
  }
}

/** What the session's panes, and who looks at it, are told of the branch from now on. */
export async function tellBranch(tmux: Tmux, session: string, branch: string): Promise<void> {
  await tmux.call([...setOptions(session, { branch }), ["set-environment", "-t", session, "FLEET_BRANCH", branch]]);
}
