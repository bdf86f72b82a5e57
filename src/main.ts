// argv → exit code. The only place that ends the process, and the only one that turns an error into words.
import { VERSION } from "./base/version";

const [name, ...words] = process.argv.slice(2);

if (name === "--version" || name === "-V") {
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
} else if (name === "popup") {
  // Painted at a key press: past the command table where the words are those of the binding.
  const [{ openContext }, { popupFlags, startPopup }] = await Promise.all([import("./context"), import("./fleet/popup/start")]);
  const flags = popupFlags(words);
  if (flags) process.exit(await startPopup(openContext(process.env, { verbose: false }), flags));
  const { runCommandLine } = await import("./command-line");
  process.exit(await runCommandLine(name, words, process.env));
} else {
  const { runCommandLine } = await import("./command-line");
  process.exit(await runCommandLine(name, words, process.env));
}
