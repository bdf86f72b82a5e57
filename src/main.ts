// argv → exit code. The only place that ends the process, and the only one that turns an error into words.
import { VERSION } from "./base/version";

const [name, ...words] = process.argv.slice(2);

if (name === "--version" || name === "-V") {
  console.log(`fleet ${VERSION}`);
} else {
  const { runCommandLine } = await import("./command-line");
  process.exit(await runCommandLine(name, words, process.env));
}
