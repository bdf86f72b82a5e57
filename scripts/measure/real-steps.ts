// What a real program is led through, step by step, and what a look must say after each.
import type { RealFacts } from "./real-kinds";

export interface RealAgent {
  name(): string;
  fleet(...words: string[]): Promise<string>;
  press(...keys: string[]): Promise<void>;
  /** Whether its screen shows no turn, at the latest after a second. */
  rests(): Promise<boolean>;
  type(text: string): Promise<void>;
  create(name: string, prompt?: string): Promise<void>;
  start(): Promise<void>;
  split(prompt: string): Promise<void>;
  renameSession(): Promise<void>;
  renameBranch(): Promise<void>;
  killServer(): Promise<void>;
  kill(): Promise<void>;
  /** What it has started with these words. */
  killBelow(words: string): Promise<void>;
  /** `act`, and the model answers nothing from now on, until `hurry`. */
  slowly(act: () => Promise<unknown>): Promise<void>;
  hurry(): Promise<void>;
}

export interface RealStep {
  event: string;
  act(agent: RealAgent): Promise<unknown>;
  /** The status, or the status and how its reason begins. */
  expected: string;
  /** When it has happened: as soon as `act` is done, when the model got what was said, when its answer went, when the screen no longer shows a turn after that, or when it shows this. */
  since?: "got" | "sent" | "ended" | RegExp;
  /** What a look may say before it has happened; anything else is wrong. */
  before?: RegExp;
  /** It was so before, and must not become another even for one look. */
  stays?: true;
}

const TASK = "sleep 300";
const prompt = (text: string) => (agent: RealAgent) => agent.fleet("prompt", agent.name(), text);
const answer = (word: string) => (agent: RealAgent) => agent.fleet("answer", agent.name(), word);
const press = (...keys: string[]) => (agent: RealAgent) => agent.press(...keys);
const nothing = async () => {};
/** Pressed until the screen shows no turn: a busy program may pass over keys. */
const interrupted = (facts: RealFacts) => async (agent: RealAgent) => {
  do await agent.press(...facts.interrupt);
  while (!(await agent.rests()));
};

/** A prompt that begins a turn in which something else is to happen. */
const works = (text: string): RealStep => ({ event: "prompt", act: prompt(text), expected: "working", since: "got" });
const permission = (event: string, text: string): RealStep => ({ event, act: prompt(text), expected: "waiting permission", since: "sent" });
const ends = (event = "turn's end"): RealStep => ({ event, act: nothing, expected: "idle", since: "ended" });

export function realSteps(facts: RealFacts): RealStep[] {
  const fails = facts.fails.flatMap(({ with: words, expected, shown, endless }): RealStep[] => [
    { event: `API error ${words}`, act: prompt(`bad ${words} ;; STUB:fail ${words}`), expected, since: shown },
    ...(endless ? [{ event: "interrupt", act: interrupted(facts), expected: "idle" }] : []),
    ...(expected.startsWith("waiting") ? [{ event: "stop", act: answer("2"), expected: "idle" }] : []),
  ]);
  return [
    ...(facts.trust
      ? [
          { event: "launch, trust asked", act: (agent: RealAgent) => agent.create("task"), expected: "waiting trust", since: facts.trust },
          { event: "trusted", act: answer("yes"), expected: "idle", since: facts.ready },
        ]
      : [{ event: "launch", act: (agent: RealAgent) => agent.create("task"), expected: "idle", since: facts.ready }]),
    works("a long turn ;; STUB:delay 6000"),
    { event: "long turn", act: nothing, expected: "working", stays: true },
    ends(),
    permission("permission asked", "one ;; STUB:bash touch one.txt"),
    { event: "Esc at the permission", act: press("Escape"), expected: "idle" },
    permission("permission asked", "two ;; STUB:bash touch two.txt"),
    { event: "denial", act: answer(String(facts.denial)), expected: "idle" },
    permission("permission asked", "three ;; STUB:bash touch three.txt; sleep 4"),
    { event: "approval", act: answer("yes"), expected: "working" },
    ends("tool's and turn's end"),
    ...(facts.asks
      ? [
          { event: "question asked", act: prompt("four ;; STUB:ask Which colour?"), expected: "waiting question", since: "sent" as const },
          { event: "Esc at the question", act: press("Escape"), expected: "idle" },
          { event: "question asked", act: prompt("five ;; STUB:ask Which other colour?"), expected: "waiting question", since: "sent" as const },
          { event: "question answered", act: answer("2"), expected: "idle", since: "ended" as const },
          { event: "question asked", act: prompt("five more ;; STUB:ask Which third colour?"), expected: "waiting question", since: "sent" as const },
          { event: "question answered in words", act: answer("light green"), expected: "idle", since: "ended" as const },
        ]
      : []),
    works("stuck ;; STUB:delay 60000"),
    { event: "interrupt", act: interrupted(facts), expected: "idle" },
    ...fails,
    works("after the errors ;; STUB:delay 2000"),
    ends(),
    ...(facts.delegates ? delegation(facts) : []),
    ...(facts.background
      ? [
          permission("permission for a background task", `eight ;; STUB:background touch eight.txt; ${TASK}`),
          { event: "turn's end, the task runs", act: answer("yes"), expected: "idle", since: "ended" as const },
        ]
      : []),
    permission("permission for a program in its pane", `nine ;; STUB:bash ${facts.nested} >nested.txt 2>&1; fleet list >>nested.txt 2>&1; sleep 6`),
    { event: "allowed", act: answer("yes"), expected: "working" },
    { event: "the same program runs in its pane", act: nothing, expected: "working", stays: true },
    ends("its and the turn's end"),
    { event: "the program by hand in a split", act: (agent) => agent.split("STUB:delay 4000"), expected: "idle", stays: true },
    { event: "session renamed", act: (agent) => agent.renameSession(), expected: "idle", stays: true },
    { event: "branch renamed", act: (agent) => agent.renameBranch(), expected: "idle", stays: true },
    works("renamed ;; STUB:delay 2000"),
    ends(),
    ...(facts.tasksHoldClear
      ? [
          { event: `${facts.clear}, while a task runs`, act: prompt(facts.clear), expected: "idle error", since: facts.tasksHoldClear },
          { event: "the task is ended", act: (agent: RealAgent) => agent.killBelow(TASK), expected: "idle" },
        ]
      : []),
    { event: "API error", act: prompt("bad 400 ;; STUB:fail 400"), expected: "idle error", since: /stub error 400/ },
    { event: facts.clear, act: prompt(facts.clear), expected: "idle -" },
    works("cleared ;; STUB:delay 2000"),
    ends(),
    { event: facts.compact, act: (agent) => agent.slowly(() => agent.fleet("prompt", agent.name(), facts.compact)), expected: "working" },
    { event: "compaction's end", act: (agent) => agent.hurry(), expected: "idle", since: "ended" },
    works("compacted ;; STUB:delay 2000"),
    ends(),
    { event: "tmux server killed", act: (agent) => agent.killServer(), expected: "stopped" },
    { event: "started again", act: (agent) => agent.start(), expected: "idle", since: facts.ready },
    works("started ;; STUB:delay 2000"),
    ends(),
    { event: "kill -9", act: (agent) => agent.kill(), expected: "exited 137 (SIGKILL)" },
    { event: "started again", act: (agent) => agent.start(), expected: "idle", since: facts.ready },
    ...(facts.trustsFolder
      ? [
          { event: "launch with a prompt, trust asked", act: (agent: RealAgent) => agent.create("prompted", "first ;; STUB:delay 2000"), expected: "waiting trust", since: facts.trust!, before: /^(no agent|starting|waiting)/ },
          { event: "trusted, the prompt is taken up", act: answer("yes"), expected: "working", since: "got" as const, before: facts.worksUntrusted ? /^(starting|waiting|working|idle)/ : /^(starting|waiting|working)/ },
        ]
      : [{ event: "launch with a prompt", act: (agent: RealAgent) => agent.create("prompted", "first ;; STUB:delay 2000"), expected: "working", since: "got" as const, before: /^(no agent|starting|working)/ }]),
    ends(),
    { event: facts.exit, act: (agent) => agent.type(facts.exit), expected: "exited", since: /\[fleet\]/ },
  ];
}

function delegation({ asksToDelegate }: RealFacts): RealStep[] {
  const begins = (text: string, then: RealStep): RealStep[] =>
    asksToDelegate ? [permission("permission for a sub-agent", text), { ...then, act: answer("yes") }] : [{ ...then, act: prompt(text) }];
  return [
    ...begins("six ;; STUB:sub STUB-delay 6000", works("")),
    { event: "sub-agent at work", act: nothing, expected: "working", stays: true },
    ends("sub-agent's and turn's end"),
    // Where it asks for them they run in the background, and ask for nothing.
    ...(asksToDelegate
      ? []
      : [permission("a sub-agent asks a permission", "seven ;; STUB:sub STUB-bash touch seven.txt"), { event: "allowed it", act: answer("yes"), expected: "idle", since: "ended" as const }]),
  ];
}
