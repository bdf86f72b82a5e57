// What agents cost, as tmux shows it: hidden environment, which repaints nothing and which no program of a pane inherits.
import { ProcessError } from "../../base/errors";
import { NoServer, type Tmux, type TmuxCommand } from "./call";

/** Of the server: the sums, when the next look is due, and who asks for it. */
export const USAGE_NAMES = ["@fleet_all_cpu", "@fleet_all_mem", "@fleet_all_cost", "@fleet_due", "@fleet_poller"] as const;
/** Of an agent's session. */
export const OWN_USAGE_NAMES = ["@fleet_cpu", "@fleet_mem"] as const;

export interface Shown {
  cpu: string;
  mem: string;
}

export interface ShownOfAll extends Shown {
  cost: string;
}

export interface UsageLook {
  /** By session id. */
  agents: Map<string, Shown & { pids: number[] }>;
  all: ShownOfAll;
  /** Names of the terminals; programs that drive tmux are none. */
  clients: string[];
}

/** What is shown now, and whose processes to weigh. In the same call the look is claimed for `client`: no other one looks before `due`. */
export async function claimLook(tmux: Tmux, client: string, due: number): Promise<UsageLook> {
  const output = await tmux.call([
    ["set-environment", "-gh", "@fleet_due", String(due)],
    ["set-environment", "-gh", "@fleet_poller", client],
    ["display-message", "-p", "all\t#{@fleet_all_cpu}\t#{@fleet_all_mem}\t#{@fleet_all_cost}"],
    ["list-clients", "-F", "client\t#{client_control_mode}\t#{client_name}"],
    ["list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "pane\t#{session_id}\t#{pane_pid}\t#{@fleet_cpu}\t#{@fleet_mem}"],
  ]);
  const look: UsageLook = { agents: new Map(), all: { cpu: "", mem: "", cost: "" }, clients: [] };
  for (const line of output.split("\n")) {
    const [what, first = "", second = "", cpu = "", mem = ""] = line.split("\t");
    if (what === "all") look.all = { cpu: first, mem: second, cost: cpu };
    else if (what === "client" && first === "0") look.clients.push(second);
    else if (what === "pane") {
      const known = look.agents.get(first);
      if (known) known.pids.push(Number(second));
      else look.agents.set(first, { cpu, mem, pids: [Number(second)] });
    }
  }
  return look;
}

/** Show new figures, and draw the line of `clients` anew. A session or terminal that is gone meanwhile ends the call: the next one comes soon. */
export async function showUsage(tmux: Tmux, agents: ReadonlyMap<string, Shown>, all: ShownOfAll | null, clients: readonly string[]): Promise<void> {
  const commands: TmuxCommand[] = [
    ...(all === null ? [] : [...hide(["-g"], "@fleet_all", all), ["set-environment", "-gh", "@fleet_all_cost", all.cost] as const]),
    ...[...agents].flatMap(([session, shown]) => hide(["-t", session], "@fleet", shown)),
    ...clients.map((name): TmuxCommand => ["refresh-client", "-S", "-t", name]),
  ];
  if (commands.length === 0) return;
  try {
    await tmux.call(commands);
  } catch (error) {
    if (!(error instanceof NoServer) && !(error instanceof ProcessError)) throw error;
  }
}

function hide(where: readonly string[], prefix: string, { cpu, mem }: Shown): TmuxCommand[] {
  return [["set-environment", ...where, "-h", `${prefix}_cpu`, cpu], ["set-environment", ...where, "-h", `${prefix}_mem`, mem]];
}
