// A throw-away home for each program, in which it starts by itself, asks nothing, and takes an address at which nobody listens for its
// model. So a turn begins, and costs nothing; the person's own login and settings are not even seen.

export interface TrialHome {
  /** Texts by path below the home. */
  files: Record<string, string>;
  /** No name begins with FLEET_: those are kept from a tmux server. */
  env: Record<string, string>;
}

/** The discard service's port, which no machine serves any more: whoever connects is refused at once. */
const NOBODY = "http://127.0.0.1:9";
const KEY = "sk-ant-fleet-trial-0123456789-0123456789";

const json = (value: object) => `${JSON.stringify(value, null, 1)}\n`;

/** By kind. `directory` is where the program is started. */
export const TRIAL_HOMES: Readonly<Record<string, (directory: string) => TrialHome>> = {
  claude: (directory) => ({
    files: {
      ".claude.json": json({
        hasCompletedOnboarding: true, hasSeenAutoDefaultNotice: true, officialMarketplaceAutoInstallAttempted: true,
        customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] }, projects: { [directory]: { hasTrustDialogAccepted: true } },
      }),
    },
    env: {
      ANTHROPIC_BASE_URL: NOBODY, ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1", DISABLE_TELEMETRY: "1", DISABLE_ERROR_REPORTING: "1",
    },
  }),
  codex: (directory) => ({
    files: {
      ".codex/config.toml": [
        'model = "gpt-5.1-codex"', 'model_provider = "nobody"', "check_for_update_on_startup = false",
        "[model_providers.nobody]", 'name = "nobody"', `base_url = "${NOBODY}/v1"`, 'env_key = "NOBODY_KEY"', 'wire_api = "responses"',
        "[analytics]", "enabled = false", "[feedback]", "enabled = false", `[projects.${JSON.stringify(directory)}]`, 'trust_level = "trusted"', "",
      ].join("\n"),
    },
    env: { NOBODY_KEY: "none" },
  }),
  gemini: () => ({
    files: {
      ".gemini/settings.json": json({
        security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } }, privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false }, general: { enableAutoUpdate: false, enableAutoUpdateNotification: false }, model: { name: "gemini-2.5-pro" },
      }),
    },
    env: { GEMINI_API_KEY: "none", GOOGLE_GEMINI_BASE_URL: NOBODY },
  }),
  opencode: () => ({
    files: {
      ".config/opencode/opencode.json": json({
        provider: { nobody: { npm: "@ai-sdk/openai-compatible", name: "Nobody", options: { baseURL: `${NOBODY}/v1`, apiKey: "none" }, models: { none: { name: "None", limit: { context: 100_000, output: 4_000 } } } } },
        model: "nobody/none", small_model: "nobody/none", autoupdate: false,
      }),
    },
    env: { OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1", OPENCODE_DISABLE_DEFAULT_PLUGINS: "1" },
  }),
  qwen: () => ({
    files: {
      ".qwen/settings.json": json({
        security: { auth: { selectedType: "openai" } }, privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false }, general: { enableAutoUpdate: false },
      }),
    },
    env: { OPENAI_API_KEY: "none", OPENAI_BASE_URL: `${NOBODY}/v1`, OPENAI_MODEL: "none" },
  }),
  copilot: (directory) => ({
    files: { ".copilot/config.json": json({ trustedFolders: [directory] }) },
    env: {
      COPILOT_PROVIDER_BASE_URL: `${NOBODY}/v1`, COPILOT_PROVIDER_WIRE_API: "responses", COPILOT_PROVIDER_API_KEY: "none", COPILOT_MODEL: "gpt-5.4",
      COPILOT_OFFLINE: "true", COPILOT_AUTO_UPDATE: "false",
    },
  }),
  demo: () => ({ files: {}, env: {} }),
};
