// What config, doctor, skill and version print.
import type { Output } from "./shape";

export const CONFIG: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      key: { is: "text", doc: "the option, such as agent.default or kinds.NAME.command" },
      value: { is: "anything", doc: "its value: a text, number, boolean, or a list or table of such" },
      origin: { is: "text", doc: "default, or the file and line" },
      acts: { is: "boolean", doc: "false: a repo's file says so, and it is not approved" },
      default: { is: "anything", doc: "its value where nothing is set", none: "an option of a kind" },
    },
  },
  {
    with: "validate",
    gives: "an object",
    fields: {
      problems: {
        is: {
          file: { is: "text", doc: "config.toml or .ai_fleet.toml" },
          line: { is: "integer", doc: "its line", none: "not known" },
          key: { is: "text", doc: "the option; empty for the file as a whole" },
          message: { is: "text", doc: "what is wrong" },
        },
        list: true,
        doc: "all mistakes; with any, the exit code is 1",
      },
      ignored: { is: "text", list: true, doc: "options that a repo's file may not hold" },
    },
  },
  { with: "path", gives: "an object", fields: { path: { is: "text", doc: "where config.toml is, or would be" } } },
];

export const DOCTOR: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      check: { is: "text", doc: "what was looked at" },
      status: { is: ["ok", "info", "warn", "fail"], doc: "how it is; with a fail, the exit code is 1" },
      what: { is: "text", doc: "what was found" },
      hint: { is: "text", doc: "what leads on", none: "nothing to do" },
      fixable: { is: "boolean", doc: "fleet doctor --fix puts it right" },
      fixed: { is: "text", doc: "how it was put right", none: "it was not" },
      things: { is: "text", list: true, doc: "the files, refs and sessions that it is about" },
    },
  },
];

export const SKILL: readonly Output[] = [
  { with: "", gives: "an object", fields: { text: { is: "text", doc: "the whole file" } } },
  {
    with: "install",
    gives: "an object",
    fields: { path: { is: "text", doc: "the file" }, did: { is: ["written", "replaced", "unchanged"], doc: "what was done with it" } },
  },
];

export const VERSION: readonly Output[] = [
  { with: "", gives: "an object", fields: { version: { is: "text", doc: "of fleet" }, json: { is: "integer", doc: "of the JSON: see fleet help json" } } },
];
