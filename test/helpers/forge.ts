// Stand-ins for gh and glab that write down how they are called, and answer with what a test has put there.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "./server";

export interface ForgeStandIn {
  /** Each call's arguments, and what it was given to read; forgets them. */
  calls(): { words: string[]; input: string }[];
  /** What `pr list` or `mr list` answers from now on. */
  open(requests: readonly object[]): void;
  /** What `ci list` answers from now on. */
  pipelines(rows: readonly object[]): void;
  /** `list` sleeps this long from now on, in seconds. */
  slow(seconds: number): void;
  /** What `pr view`, `mr view` or `issue view` answers for a number; without it there is none. */
  view(noun: "pr" | "mr" | "issue", number: number, answer: object): void;
  /** `create` fails from now on, with these words; null: it works again. */
  fail(words: string | null): void;
  /** Every call fails from now on, with these words; null: they work again. */
  refuse(words: string | null): void;
}

/** Puts `program` first on the PATH of `server`. */
export function standInForForge(server: Server, program: "gh" | "glab"): ForgeStandIn {
  const bin = join(server.root, `bin-${program}`);
  const at = (name: string) => join(bin, `${program}.${name}`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, program), `#!/bin/sh
for word; do printf '%s\\0' "$word"; done >>'${at("calls")}'
printf '\\1' >>'${at("calls")}'
case " $* " in *" --body-file - "*) cat >>'${at("calls")}' ;; esac
printf '\\2' >>'${at("calls")}'
if [ -f '${at("refuse")}' ]; then cat '${at("refuse")}' >&2; exit 4; fi
case $2 in
view)
  if [ -f '${at("view")}'."$1.$3" ]; then exec cat '${at("view")}'."$1.$3"; fi
  case $0 in *glab) echo "404 Not Found" ;; *) case $1 in pr) echo "GraphQL: Could not resolve to a PullRequest with the number of $3. (repository.pullRequest)" ;; *) echo "GraphQL: Could not resolve to an issue or pull request with the number of $3. (repository.issue)" ;; esac ;; esac >&2
  exit 1 ;;
list)
  [ "$1" = ci ] && exec cat '${at("ci")}'
  [ -f '${at("slow")}' ] && sleep "$(cat '${at("slow")}')"
  cat '${at("list")}' ;;
create)
  if [ -f '${at("fail")}' ]; then cat '${at("fail")}' >&2; exit 1; fi
  echo "Creating a request" >&2
  echo https://forge.example/acme/tool/7 ;;
esac
`);
  chmodSync(join(bin, program), 0o755);
  writeFileSync(at("list"), "[]");
  server.env["PATH"] = `${bin}:${server.env["PATH"]}`;
  return {
    calls() {
      const kept = existsSync(at("calls")) ? readFileSync(at("calls"), "utf8") : "";
      writeFileSync(at("calls"), "");
      return kept.split("\u0002").filter(Boolean).map((call) => {
        const [words = "", input = ""] = call.split("\u0001");
        return { words: words.split("\0").slice(0, -1), input };
      });
    },
    pipelines: (rows) => writeFileSync(at("ci"), JSON.stringify(rows)),
    slow: (seconds) => (seconds === 0 ? rmSync(at("slow")) : writeFileSync(at("slow"), String(seconds))),
    view: (noun, number, answer) => writeFileSync(at(`view.${noun}.${number}`), JSON.stringify(answer)),
    open: (requests) => writeFileSync(at("list"), JSON.stringify(requests)),
    refuse: (words) => (words === null ? rmSync(at("refuse")) : writeFileSync(at("refuse"), words)),
    fail: (words) => (words === null ? rmSync(at("fail")) : writeFileSync(at("fail"), words)),
  };
}
