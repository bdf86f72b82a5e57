// A program of the person's own: `[kinds.NAME] command = […]` of the config.
import { UserError } from "../base/errors";
import type { Kind, Word } from "./kind";

const PLACE = "{prompt}";

/** The kind of a custom command. Throws UserError for a command that can't be run. */
export function customKind(name: string, command: readonly string[]): Kind {
  const hint = "fleet config edit";
  const [program] = command;
  if (!program) throw new UserError(`a command needs at least the program's name: kinds.${name}.command`, { hint });
  if (program.includes(PLACE)) throw new UserError(`the program itself can't hold {prompt}: kinds.${name}.command`, { hint });
  const words = command.map((text): Word => {
    const [before, after, more] = text.split(PLACE);
    if (more !== undefined) throw new UserError(`one word holds {prompt} twice: kinds.${name}.command`, { hint, detail: text });
    return after === undefined ? text : { before: before!, after };
  });
  return {
    name,
    title: name,
    program,
    // How a program of one's own is installed, nobody else knows; a wrong name is put right there.
    install: hint,
    picksConversation: false,
    reports: false,
    sharesLogin: false,
    memory: 0,
    input: "paste",
    interrupt: ["Escape"],
    // Arguments go last: `--message {prompt}` must stay together.
    launch: ({ extra }) => [...words, ...extra],
    // Nothing to take up: it starts again, and the prompt that it had is not given twice.
    resume: ({ extra }) => [...words.filter((word) => typeof word === "string"), ...extra],
  };
}
