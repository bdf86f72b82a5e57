// The menu of `prefix a`: a row for whatever can be done, with the letters of the agents popup. tmux draws it by itself. Pure.
import { ACTION_KEYS, type ActionKey } from "../../base/keys";
import { keyOption } from "../../ports/tmux/bindings";
import { type MenuRow, menuFormat, PRESSER, whereItFits } from "../../ports/tmux/pressed";

/** Actions that are over at once and need no terminal; what came of them is a message. All others run in a popup. */
const AT_ONCE: readonly string[] = ["yes", "no", "choice", "snooze", "copy"];
/** Rows that a low terminal goes without. */
const SPARE: readonly string[] = ["fanout", "snooze", "restart", "copy", "compare"];
const CHOICES = [1, 2, 3];
const ITEMS = keyOption("items");

// All rows, and the frame, fit from ROOMY lines on; below it the spare ones are left out.
const ROOMY = 21;
const LEAST = { columns: 50, lines: 16 };

const AT_AGENT = "#{@fleet_id}";
const OF_BATCH = "#{@fleet_batch}";
const WAITS = "#{==:#{@fleet_status},waiting}";
const ROOM = `#{e|>=:#{client_height},${ROOMY}}`;

/** The menu, and the message where it has no room, as values of options. */
export function menuOptions(): [name: string, format: string][] {
  const open: MenuRow[] = [
    { label: "the agents", key: "a", does: { key: "agents" } },
    { label: "go to the one that needs me most", key: "g", does: { key: "next" } },
  ];
  const rows = ACTION_KEYS.filter((row) => row.on !== "view" && row.name !== "switch");
  const general = rows.filter((row) => row.on === "none").flatMap(generalRows);
  const agent = rows.filter((row) => row.on !== "none").flatMap(agentRows);
  // The branch is text of anybody's: shown, never read as a format.
  const title = `#{?${AT_AGENT}, #{=/30/…:#{q/e:@fleet_branch}} · #{@fleet_status} , fleet }`;
  return [
    [ITEMS, menuFormat(title, [...open, ...general, ...agent])],
    [keyOption("menu"), whereItFits(ITEMS, LEAST, `fleet's menu needs ${LEAST.columns} columns and ${LEAST.lines} rows`)],
  ];
}

/** `n` means a new agent too, wherever it is no answer. */
function generalRows({ name, key, doc }: ActionKey): MenuRow[] {
  const row = item(name, doc, key, roomFor(name));
  return name === "new" ? [row, item(name, doc, "n", [`#{?${all(AT_AGENT, WAITS)},0,1}`])] : [row];
}

/** For the agent in whose session one is. */
function agentRows({ name, key, doc }: ActionKey): MenuRow[] {
  const asks = all(AT_AGENT, WAITS);
  if (name === "choice") return CHOICES.map((n) => item(name, `take choice ${n} of what it asks`, String(n), [asks], `--choice ${n} ${AT_AGENT}`));
  if (name === "yes") return [item(name, doc, key, [asks], AT_AGENT)];
  if (name === "no") return [item(name, "answer no", key, [asks], AT_AGENT)];
  if (name === "compare") return [item(name, doc, key, [OF_BATCH, ...roomFor(name)], AT_AGENT)];
  return [item(name, doc, key, [AT_AGENT, ...roomFor(name)], AT_AGENT)];
}

function roomFor(name: string): string[] {
  return SPARE.includes(name) ? [ROOM] : [];
}

function all(...conditions: string[]): string {
  return conditions.reduce((both, one) => `#{&&:${both},${one}}`);
}

function item(name: string, label: string, key: string, when: readonly string[], more = ""): MenuRow {
  const words = `act ${name} ${PRESSER} ${more}`.trimEnd();
  return { label, key, does: AT_ONCE.includes(name) ? { background: words } : { popup: words }, when: when.length === 0 ? undefined : all(...when) };
}
