// The loop over all agents that wait: one question after the other, each whole, until none is left.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine } from "../../base/text";
import { snoozeMark } from "../../base/snooze";
import type { Answer, Ask, Kind } from "../../kinds/kind";
import { type Choice, choose, text } from "../../ui/ask";
import { ageText } from "../../ui/columns";
import type { Out } from "../../ui/out";
import { type AgentPorts, loadAgents } from "../agents";
import { needsInOrder, nothingNeeded } from "../needs";
import { type AnswerPorts, giveAnswer, readAsk } from "./answer";
import { askLines } from "./lines";
import { wholeAsk } from "./whole";

type Deed = { do: "answer"; answer: Answer } | { do: "text" | "skip" | "snooze" | "go" | "end" };

export interface LoopPorts extends AgentPorts, AnswerPorts {
  out: Out;
  kinds(name: string): Kind;
  /** Go to the agent's session; the loop ends with it. */
  go(agent: Agent): Promise<void>;
  snooze(agent: Agent): Promise<void>;
}

export interface Dealt {
  /** What came of it, in a line; "" when the person stopped. */
  said: string;
  /** The person went to an agent. */
  went: boolean;
  /** How often something was told that could not be done. */
  refused: number;
}

/** Ask the person about every agent that waits, in the order of `next`; of those only that `picks` says. */
export async function answerLoop(ports: LoopPorts, picks: (agent: Agent) => boolean = () => true): Promise<Dealt> {
  const passed = new Set<string>();
  // A program tells some moments later that it has gone on.
  const answered = new Set<string>();
  let [dealt, refused] = [0, 0];
  for (;;) {
    const agents = await loadAgents(ports);
    const now = ports.now() / 1000;
    const waiting = needsInOrder(agents, now).map(({ agent }) => agent).filter((agent) => agent.status === "waiting" && picks(agent) && !passed.has(mark(agent)) && !answered.has(mark(agent)));
    const [agent] = waiting;
    if (!agent) {
      const still = agents.filter((one) => one.status === "waiting" && passed.has(mark(one))).length;
      const said = still > 0 ? `${dealt} answered, ${still} passed over` : dealt > 0 ? `${dealt} answered, none left` : nothingNeeded(agents, now);
      return { said, went: false, refused };
    }
    const came = await askOne(ports, agent, waiting.length - 1);
    if (came === "end" || came === "went") return { said: "", went: came === "went", refused };
    if (came === "refused") refused++;
    if (came === "answered") {
      answered.add(mark(agent));
      dealt++;
    } else passed.add(mark(agent));
  }
}

/** Another question of the same agent is another mark. */
function mark(agent: Agent): string {
  return `${agent.record.id}${snoozeMark(agent)}`;
}

async function askOne(ports: LoopPorts, agent: Agent, left: number): Promise<"answered" | "passed" | "refused" | "went" | "end"> {
  const { out } = ports;
  const kind = ports.kinds(agent.record.kind);
  const age = agent.since === null ? "" : ` · ${ageText(ports.now() / 1000 - agent.since)}`;
  out.progress(`\n${oneLine(agent.branch)} · ${kind.name}${age}${left > 0 ? `   (${left} left)` : ""}\n`);
  try {
    const ask = await readAsk(ports, agent, kind);
    const whole = await wholeAsk(ports, agent, ask);
    out.progress(`${askLines({ ...whole, choices: [] }).join("\n")}\n`);
    const deed = await choose(ask.what === "question" ? "Your answer?" : `Allow this? (${ask.what})`, deedsFor(kind, ask));
    if (deed.do === "end") return "end";
    if (deed.do === "skip") return "passed";
    if (deed.do === "snooze") return await ports.snooze(agent), "passed";
    if (deed.do === "go") return await ports.go(agent), "went";
    const answer: Answer = deed.do === "answer" ? deed.answer : { is: "text", text: await text("The answer in words:") };
    await giveAnswer(ports, agent, kind, ask, answer, whole);
    out.done(`answered: ${oneLine(agent.branch)}`);
    return "answered";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const name = oneLine(agent.branch);
    out.error(error.message.includes(name) ? error.message : `${name}: ${error.message}`, error.hint, error.detail);
    return "refused";
  }
}

/** What can be given by keys, in the program's own order; then what can always be done. */
function deedsFor(kind: Kind, ask: Ask): Choice<Deed>[] {
  const can = (answer: Answer) => (kind.answerKeys?.(ask, answer) ?? null) !== null;
  const numbered: Choice<Deed>[] = ask.choices.map((label, i) => ({ value: { do: "answer", answer: { is: "choice", n: i + 1 } }, label: `${i + 1}  ${oneLine(label)}` }));
  const worded: Choice<Deed>[] = (["yes", "always", "no"] as const).map((is) => ({ value: { do: "answer", answer: { is } }, label: is }));
  const answers = (numbered.length > 0 ? numbered : ask.what === "question" ? [] : worded).filter(({ value }) => value.do === "answer" && can(value.answer));
  return [
    ...answers,
    ...(ask.what === "question" && can({ is: "text", text: "" }) ? [{ value: { do: "text" as const }, label: "answer in words" }] : []),
    { value: { do: "skip" }, label: "pass over" },
    { value: { do: "snooze" }, label: "snooze for 10 minutes" },
    { value: { do: "go" }, label: "go there" },
    { value: { do: "end" }, label: "stop" },
  ];
}
