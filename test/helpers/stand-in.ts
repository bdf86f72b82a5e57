// A stand-in for Claude Code: it keeps a transcript as the real one does, and then sleeps.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "./server";

/** With the path of `fleet` it reports that it works. The first key that it gets is in `key-ID` of its home. Puts `claude` first on PATH. Each start writes one turn of 1000 + 200 (cached) tokens in, 50 out, 0.0067 dollars at list price. */
export function standInForClaude(server: Server, fleet: string | null = null): void {
  const bin = join(server.root, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "claude"), `#!/bin/sh
dir=$HOME/.claude/projects/$(pwd -P | sed 's/[^a-zA-Z0-9]/-/g')
mkdir -p "$dir"
# Whole seconds: the next one is after its start.
sleep 1
at=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
file=$dir/00000000-0000-4000-8000-$(printf %012d $$).jsonl
printf '{"type":"user","isSidechain":false,"cwd":"%s","sessionId":"s%s","timestamp":"%s","message":{"role":"user","content":"say \\\\u001b[31mred"}}\\n' "$(pwd -P)" $$ "$at" >>"$file"
printf '{"type":"assistant","isSidechain":false,"cwd":"%s","sessionId":"s%s","timestamp":"%s","message":{"id":"m%s","model":"claude-opus-5-5","content":[{"type":"text","text":"It is done."}],"usage":{"input_tokens":1000,"output_tokens":50,"cache_read_input_tokens":200,"cache_creation_input_tokens":0}}}\\n' "$(pwd -P)" $$ "$at" $$ >>"$file"
${fleet === null ? "" : `printf '{"prompt":"x"}' | '${fleet}' hook UserPromptSubmit claude`}
stty -icanon -echo 2>/dev/null
dd bs=1 count=1 2>/dev/null >"$HOME/key-$FLEET_ID"
exec sleep 100000
`);
  chmodSync(join(bin, "claude"), 0o755);
  server.env["PATH"] = `${bin}:${server.env["PATH"]}`;
}
