// What the desktop's own programs are started with: a stand-in on PATH keeps its arguments.
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desktopNotice } from "../../src/ports/notice";
import { until } from "../helpers/until";

const HOSTILE = [
  `" & (do shell script "touch evil") & "`, `' ; touch evil; '`, "$(touch evil) `touch evil`", "-e do shell script \"touch evil\"", "--", "-", "back\\slash \\\" 100%d {1} «event»", "ünï 日本 🚢 <b>&amp;", "",
];

async function started(name: string, platform: string, text: string): Promise<string[]> {
  const bin = mkdtempSync(join(tmpdir(), "notice-"));
  const said = join(bin, "said");
  // By another name until it is whole.
  writeFileSync(join(bin, name), `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >'${said}.new'; /bin/mv '${said}.new' '${said}'\n`, { mode: 0o755 });
  desktopNotice("fleet", text, { PATH: bin }, platform);
  await until(() => existsSync(said), { what: `${name} to be started` });
  const words = readFileSync(said, "utf8").split("\0").slice(0, -1);
  rmSync(bin, { recursive: true });
  return words;
}

test("osascript gets one script, whatever the words, and the words whole behind its last option", async () => {
  for (const text of HOSTILE) {
    expect(await started("osascript", "darwin", text)).toEqual([
      "-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", "--", "fleet", text,
    ]);
  }
});

test("notify-send gets the words behind its last option, and no markup", async () => {
  for (const text of HOSTILE) {
    const words = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    expect(await started("notify-send", "linux", text)).toEqual(["--app-name=fleet", "--", "fleet", words]);
  }
});
