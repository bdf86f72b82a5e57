// The real agent programs, pinned, in the checkout's cache, and homes in which they start without a dialog, with the stub as
// their model.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ModelStub } from "./model-stub";

const ROOT = join(import.meta.dir, "../..");
export const VERSIONS = { claude: ["@anthropic-ai/claude-code", "2.1.330"], codex: ["@openai/codex", "0.169.0"] } as const;
export type RealKind = keyof typeof VERSIONS;

/** The directory of the programs, installed from npm where they are not yet there. FLEET_TEST_AGENTS names another one. */
export function realAgents(kind: RealKind): string {
  const given = process.env["FLEET_TEST_AGENTS"];
  if (given) return given;
  const prefix = join(ROOT, ".cache/agents");
  const [name, version] = VERSIONS[kind];
  const bin = join(prefix, "node_modules/.bin");
  const mark = join(prefix, `${kind}-${version}`);
  if (existsSync(mark) && existsSync(join(bin, kind))) return bin;
  mkdirSync(prefix, { recursive: true });
  let told = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const ran = Bun.spawnSync(["npm", "install", "--prefix", prefix, "--no-audit", "--no-fund", `${name}@${version}`], {
      env: { ...process.env, npm_config_cache: join(ROOT, ".cache/npm"), HOME: prefix }, stdout: "pipe", stderr: "pipe",
    });
    if (ran.exitCode === 0 && existsSync(join(bin, kind))) {
      writeFileSync(mark, "");
      return bin;
    }
    told = ran.stderr.toString();
  }
  throw new Error(`npm could not install ${name}@${version}\n${told}`);
}

const KEY = "sk-ant-stub-0123456789-0123456789-0123456789";

/** Settings of a person who has been through all first questions, and has trusted `repo`. Returns the environment. */
export function prepareHome(home: string, repo: string, stub: ModelStub): Record<string, string> {
  mkdirSync(join(home, ".claude"), { recursive: true });
  mkdirSync(join(home, ".codex"), { recursive: true });
  writeFileSync(join(home, ".claude.json"), JSON.stringify({
    hasCompletedOnboarding: true, hasSeenAutoDefaultNotice: true, officialMarketplaceAutoInstallAttempted: true,
    customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
    projects: { [repo]: { hasTrustDialogAccepted: true } },
  }));
  writeFileSync(join(home, ".codex/config.toml"), [
    'model = "gpt-5.1-codex"', 'model_provider = "stub"', "check_for_update_on_startup = false",
    "[model_providers.stub]", 'name = "stub"', `base_url = "${stub.url}/v1"`, 'env_key = "STUB_API_KEY"', 'wire_api = "responses"',
    "[analytics]", "enabled = false", "[feedback]", "enabled = false", `[projects."${repo}"]`, 'trust_level = "trusted"', "",
  ].join("\n"));
  return {
    ANTHROPIC_BASE_URL: stub.url, ANTHROPIC_API_KEY: KEY, STUB_API_KEY: "stub",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1", DISABLE_TELEMETRY: "1", DISABLE_ERROR_REPORTING: "1",
  };
}
