// Stand-ins for gh and glab that write down how they are called, and answer with what a test has put there.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "./server";

export interface ForgeStandIn {
  /** Each call's arguments, and what it was given to read; forgets them. */
  calls(): { words: string[]; input: string }[];
  /** What `list` answers from now on. */
  open(requests: readonly object[]): void;
  /** `create` fails from now on, with these words; null: it works again. */
  fail(words: string | null): void;
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
case $2 in
list) cat '${at("list")}' ;;
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
    open: (requests) => writeFileSync(at("list"), JSON.stringify(requests)),
    fail: (words) => (words === null ? rmSync(at("fail")) : writeFileSync(at("fail"), words)),
  };
}
