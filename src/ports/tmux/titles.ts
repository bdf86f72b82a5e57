// A program's pane title becomes its live status within tmux itself: a hook of the pane, without any process.
import { sourceLine, type TmuxCommand } from "./call";

export interface TitleHook {
  pane: string;
  agent: string;
  /** Extended regular expressions; what fits none of them says nothing. */
  titles: { waiting: string; working: string; idle: string };
  /** It starts with a prompt: a ready title before its first turn is not the end of one. */
  prompted: boolean;
  /** Lines of sh that tmux runs in the background once a title has made it wait, or idle. */
  then?: { waiting: string; idle: string };
}

/**
 * The commands that make one pane's titles set `@fleet_status`. Nothing is written while the status stays, and spinners
 * change a title ten times a second: 1 ms a second of the server's time (3.3a). Throws for what is no pane id or agent id.
 */
export function titleHook({ pane, agent, titles, prompted, then }: TitleHook): TmuxCommand[] {
  if (!/^%\d+$/.test(pane)) throw new Error(`not a pane id: ${pane}`);
  if (!/^[A-Za-z0-9_-]+$/.test(agent)) throw new Error(`not an agent id: ${agent}`);
  const set = (status: "waiting" | "working" | "idle", unless: string): TmuxCommand => {
    const commands: TmuxCommand[] = [
      ["set-option", "-t", pane, "@fleet_now", "%s"],
      ["set-option", "-F", "-t", pane, "@fleet_since", "#{T:@fleet_now}"],
      // A status alone: what it asks and its last words stand on the screen.
      ...[["status", status], ["source", "title"], ["reason", ""], ["ask", ""], ["doing", ""]].map(([name, value]): TmuxCommand => ["set-option", "-t", pane, `@fleet_${name}`, value!]),
      ["wait-for", "-S", `fleet-${agent}`],
      // By an option's name: written out within as many quotes, a line of sh grows to kilobytes.
      ...(then && status !== "working" ? [["run-shell", "-b", "-t", pane, `#{@fleet_then_${status}}`] as const] : []),
    ];
    return ["if-shell", "-F", "-t", pane, unless, "", commands.map(sourceLine).join(" ; ")];
  };
  const is = (status: string) => `#{==:#{@fleet_status},${status}}`;
  const like = (title: string) => `#{m/r:${formatPattern(title)},#{pane_title}}`;
  // From a dialog that stands before the first prompt a title does not lead to idle: the screen tells.
  const idleUnless = prompted ? `#{||:${is("idle")},#{||:${is("starting")},${is("unknown")}}}` : is("idle");
  const steps: [string, TmuxCommand][] = [
    [like(titles.waiting), set("waiting", is("waiting"))],
    [like(titles.working), set("working", is("working"))],
    [like(titles.idle), set("idle", idleUnless)],
  ];
  const chain = steps.reduceRight<TmuxCommand | null>(
    (rest, [condition, command]) => ["if-shell", "-F", "-t", pane, condition, sourceLine(command), ...(rest ? [sourceLine(rest)] : [])],
    null,
  )!;
  // Setup's commands, the wrapper's menu and a shell in it set titles too.
  const running = `#{&&:#{==:#{@fleet_step},},#{!=:#{@fleet_status},exited}}`;
  return [
    ...(then ? (["waiting", "idle"] as const).map((status) => ["set-option", "-t", pane, `@fleet_then_${status}`, then[status]] as const) : []),
    ["set-hook", "-p", "-t", pane, "pane-title-changed[77]", sourceLine(["if-shell", "-F", "-t", pane, running, sourceLine(chain)])],
  ];
}

/** In a format a comma ends an argument and a brace the whole; a regular expression needs neither here. */
function formatPattern(pattern: string): string {
  if (/[,{}#]/.test(pattern)) throw new Error(`not a title pattern: ${pattern}`);
  return pattern;
}
