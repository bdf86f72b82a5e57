// argv → exit code. The only place that ends the process, and the only one that turns an error into words.
import { VERSION } from "./base/version";

const [name, ...words] = process.argv.slice(2);

const tellsVersion = name === "--version" || name === "-V";

if (tellsVersion && !words.includes("--json")) {
  console.log(`fleet ${VERSION}`);
} else if (name === "hook" && words[0] !== undefined && !words[0].startsWith("-")) {
  // Runs within an agent's turn, at every step of it: past the command table, and never a failure.
  const { runHook } = await import("./fleet/hook");
  const [event, kind, directory] = words;
  await runHook({ event, kind, directory, env: process.env, payload: () => Bun.stdin.text(), now: Date.now() });
  process.exit(0);
} else if (name === "poll" && words.length === 1) {
  // Every five seconds while figures are shown, from the status line.
  const { runPoll } = await import("./fleet/poll");
  await runPoll(process.env, words[0]!, Date.now);
  process.exit(0);
} else if (name === "popup" && words[0] === "--client" && words[2] === "--pane" && words.length === 4) {
  // Painted at a key press: past the command table, and tmux is asked while the rest is loaded.
  const { openContext } = await import("./context");
  const ctx = openContext(process.env, { verbose: false });
  const [{ terminalSize }, { listFleetPanes }] = await Promise.all([import("./ports/terminal"), import("./ports/tmux/sessions")]);
  const asked = { panes: listFleetPanes(ctx.tmux), size: terminalSize(process.env) };
  asked.panes.catch(() => {});
  const { startPopup } = await import("./fleet/popup/start");
  process.exit(await startPopup(ctx, { client: words[1], pane: words[3] }, asked));
} else {
  const { runCommandLine } = await import("./command-line");
  process.exit(await runCommandLine(tellsVersion ? "version" : name, words, process.env));
}
