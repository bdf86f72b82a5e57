// A program's pane title becomes its live status within tmux itself: a hook of the pane, without any process.
import { sourceLine, type TmuxCommand } from "./call";
import { UNKNOWN_PROMPT } from "./sessions";

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
 * The commands that make one pane's titles set `@fleet_status`. A spinner changes a title ten times a second, so one format says
 * whether anything is new, and nothing else is looked at or written until it is. Throws for what is no pane id or agent id.
 */
export function titleHook({ pane, agent, titles, prompted, then }: TitleHook): TmuxCommand[] {
  if (!/^%\d+$/.test(pane)) throw new Error(`not a pane id: ${pane}`);
  if (!/^[A-Za-z0-9_-]+$/.test(agent)) throw new Error(`not an agent id: ${agent}`);
  const set = (name: string, value: string): TmuxCommand => ["set-option", "-t", pane, `@fleet_${name}`, value];
  const like = (title: string) => `#{m/r:${formatPattern(title)},#{pane_title}}`;
  const is = (...statuses: string[]) => statuses.map((status) => `#{==:#{@fleet_status},${status}}`).reduce((a, b) => `#{||:${a},${b}}`);
  // The spinner first: of the branches of a condition tmux expands only the one it takes. What fits nothing says nothing.
  const wanted = `#{?${like(titles.working)},working,#{?${like(titles.waiting)},waiting,#{?${like(titles.idle)},idle,#{@fleet_status}}}}`;
  // From a dialog that stands before the first prompt a title does not lead to idle: the screen tells.
  const early = prompted ? `#{&&:#{==:${wanted},idle},#{||:${is("starting", "unknown")},#{&&:${is("waiting")},#{!=:#{@fleet_prompted},}}}}` : "0";
  // Setup's commands, the wrapper's menu and a shell in it set titles too.
  const running = `#{&&:#{==:#{@fleet_step},},#{!=:#{@fleet_status},exited}}`;
  const isNew = `#{&&:#{!=:${wanted},#{@fleet_status}},#{&&:${running},#{?${early},0,1}}}`;
  const commands: TmuxCommand[] = [
    set("now", "%s"),
    ["set-option", "-F", "-t", pane, "@fleet_since", "#{T:@fleet_now}"],
    // A status alone: what it asks and its last words stand on the screen.
    ...["reason", "ask", "doing"].map((name) => set(name, "")),
    set("source", "title"),
    // Whoever sends a prompt says so once it is taken.
    ["if-shell", "-F", "-t", pane, `#{&&:#{==:${wanted},working},${is("idle")}}`, sourceLine(set("sent", UNKNOWN_PROMPT))],
    ["set-option", "-F", "-t", pane, "@fleet_prompted", `#{?#{==:${wanted},working},,#{@fleet_prompted}}`],
    ["set-option", "-F", "-t", pane, "@fleet_status", wanted],
    ["wait-for", "-S", `fleet-${agent}`],
    // By an option's name: a line of sh would be quoted once more.
    ...(then ? [["if-shell", "-F", "-t", pane, `#{!=:#{@fleet_status},working}`, sourceLine(["run-shell", "-b", "-t", pane, `#{?${is("waiting")},#{@fleet_then_waiting},#{@fleet_then_idle}}`])] as const] : []),
  ];
  return [
    ...(then ? (["waiting", "idle"] as const).map((status) => set(`then_${status}`, then[status])) : []),
    ["set-hook", "-p", "-t", pane, "pane-title-changed[77]", sourceLine(["if-shell", "-F", "-t", pane, isNew, commands.map(sourceLine).join(" ; ")])],
  ];
}

/** In a format a comma ends an argument and a brace the whole; a regular expression needs neither here. */
function formatPattern(pattern: string): string {
  if (/[,{}#]/.test(pattern)) throw new Error(`not a title pattern: ${pattern}`);
  return pattern;
}
