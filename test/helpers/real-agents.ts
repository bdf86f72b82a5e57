// The real agent programs, pinned, in the checkout's cache, and homes in which they start without a dialog, with the stub as
// their model.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ModelStub } from "./model-stub";

const ROOT = join(import.meta.dir, "../..");
export const VERSIONS = {
  claude: ["@anthropic-ai/claude-code", "2.1.330"],
  codex: ["@openai/codex", "0.169.0"],
  gemini: ["@google/gemini-cli", "0.61.0"],
  opencode: ["opencode-ai", "1.18.33"],
  qwen: ["@qwen-code/qwen-code", "0.24.4"],
  copilot: ["@github/copilot", "1.0.102"],
} as const;
export type RealKind = keyof typeof VERSIONS;

/** The directory of a program, installed from npm where it is not yet there. FLEET_TEST_AGENTS names one that has them all. */
export function realAgents(kind: RealKind): string {
  const given = process.env["FLEET_TEST_AGENTS"];
  if (given) return given;
  const [name, version] = VERSIONS[kind];
  const prefix = join(ROOT, ".cache/agents", `${kind}-${version}`);
  const bin = join(prefix, "node_modules/.bin");
  const mark = join(prefix, "installed");
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

/** What a person's own hook does: a line in a file of the home. */
const own = (home: string) => `echo own >>'${home}/own-hook'`;

type Home = (home: string, repo: string, url: string) => { files: Record<string, string | object>; env: Record<string, string> };

/** Settings of a person who has been through all first questions, has trusted the repository, and has a hook of their own. */
const HOMES: Readonly<Record<RealKind, Home>> = {
  claude: (home, repo, url) => ({
    files: {
      ".claude.json": {
        hasCompletedOnboarding: true, hasSeenAutoDefaultNotice: true, officialMarketplaceAutoInstallAttempted: true,
        customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
        projects: { [repo]: { hasTrustDialogAccepted: true } },
      },
      ".claude/settings.json": { hooks: { Stop: [{ hooks: [{ type: "command", command: own(home) }] }] } },
    },
    env: {
      ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1", DISABLE_TELEMETRY: "1", DISABLE_ERROR_REPORTING: "1",
    },
  }),
  // Its hooks ask to be reviewed first; its `notify` is a person's own as well.
  codex: (home, repo, url) => ({
    files: {
      ".codex/config.toml": [
        'model = "gpt-5.1-codex"', 'model_provider = "stub"', "check_for_update_on_startup = false", `notify = ["sh", "-c", ${JSON.stringify(own(home))}]`,
        "[model_providers.stub]", 'name = "stub"', `base_url = "${url}/v1"`, 'env_key = "STUB_API_KEY"', 'wire_api = "responses"',
        "[analytics]", "enabled = false", "[feedback]", "enabled = false", `[projects."${repo}"]`, 'trust_level = "trusted"', "",
      ].join("\n"),
    },
    env: { STUB_API_KEY: "stub" },
  }),
  gemini: (home, _repo, url) => ({
    files: {
      ".gemini/settings.json": {
        security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: true } },
        privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false }, general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
        model: { name: "gemini-2.5-pro" },
        hooks: { AfterAgent: [{ matcher: "*", hooks: [{ type: "command", name: "own", command: own(home), timeout: 5000 }] }] },
      },
    },
    env: { GEMINI_API_KEY: "stub", GOOGLE_GEMINI_BASE_URL: url },
  }),
  opencode: (_home, _repo, url) => ({
    files: {
      ".config/opencode/opencode.json": {
        $schema: "https://opencode.ai/config.json",
        provider: { stub: { npm: "@ai-sdk/openai-compatible", name: "Stub", options: { baseURL: `${url}/v1`, apiKey: "stub" }, models: { "stub-model": { name: "Stub Model", limit: { context: 100_000, output: 4_000 } } } } },
        model: "stub/stub-model", small_model: "stub/stub-model", autoupdate: false, permission: { bash: "ask", edit: "ask" },
      },
    },
    env: { OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1", OPENCODE_DISABLE_DEFAULT_PLUGINS: "1" },
  }),
  qwen: (home, _repo, url) => ({
    files: {
      ".qwen/settings.json": {
        security: { auth: { selectedType: "openai" } }, privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false }, general: { enableAutoUpdate: false },
        // Requests of its own, of which its transcript does not tell.
        ui: { enableFollowupSuggestions: false }, memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
        hooks: { Stop: [{ hooks: [{ type: "command", command: own(home) }] }] },
        // It adds this itself where it is missing.
        $version: 4,
      },
    },
    env: { OPENAI_API_KEY: "stub", OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: "stub-model" },
  }),
  copilot: (home, repo, url) => ({
    files: {
      ".copilot/config.json": { trustedFolders: [dirname(home), repo] },
      ".copilot/hooks/own.json": { version: 1, hooks: { agentStop: [{ type: "command", bash: own(home), timeoutSec: 5 }] } },
    },
    env: {
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`, COPILOT_PROVIDER_WIRE_API: "responses", COPILOT_PROVIDER_API_KEY: "stub", COPILOT_MODEL: "gpt-5.4",
      COPILOT_OFFLINE: "true", COPILOT_AUTO_UPDATE: "false",
    },
  }),
};

const KEPT_BY_PROGRAMS: readonly string[] = [".claude.json", ".copilot/config.json"];

export interface Prepared {
  env: Record<string, string>;
  /** The person's files, below the home, which no program writes. */
  files: string[];
}

export function prepareHome(kind: RealKind, home: string, repo: string, stub: ModelStub): Prepared {
  const { files, env } = HOMES[kind](home, repo, stub.url);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), typeof text === "string" ? text : JSON.stringify(text, null, 2));
  }
  return { env, files: Object.keys(files).filter((name) => !KEPT_BY_PROGRAMS.includes(name)) };
}
