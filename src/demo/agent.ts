// The demo agent: a small full-screen program that takes prompts, acts by their script, and reports as real agents do.
import { truncate } from "../base/text";
import { Denied, Interrupted, perform, ProgramEnds, type Tools, TurnFailed } from "./acts";
import type { Conversation } from "./conversation";
import { type Key, openKeyReader } from "./keys";
import type { Reports } from "./reports";
import { drawFrame, type Frame, paintFrame } from "./screen";
import { DIRECTIVES, parseScript } from "./script";
import type { RawTerminal } from "./terminal";

export interface DemoFacts {
  prompt: string | null;
  cwd: string;
  env: Record<string, string | undefined>;
  conversation: Conversation;
  terminal: RawTerminal;
  reports: Reports;
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const ESCAPE_MS = 30;
const AGAIN_MS = 2_000;
const TRANSCRIPT_LINES = 1_000;

/** Run until it is told to end; returns the exit code. The terminal is the caller's to restore. */
export function runDemoAgent(facts: DemoFacts): Promise<number> {
  const { terminal, reports, conversation } = facts;
  const ended = Promise.withResolvers<number>();
  const transcript: string[] = [];
  const queue: string[] = [];
  const written: string[] = [];
  const children: Tools["children"] = [];
  let input = "";
  let turn: { abort: AbortController; began: number } | null = null;
  let question: { text: string; answer(yes: boolean): void } | null = null;
  let choice: { text: string; choices: readonly string[]; answer(text: string | null): void } | null = null;
  let interruptedAt = -AGAIN_MS;
  let deaf = false;
  let frame: Frame | null = null;

  function draw(): void {
    const { columns, rows } = terminal.size();
    const next = drawFrame({ transcript, state: stateLines(), input }, columns, rows);
    terminal.write(paintFrame(next, frame));
    frame = next;
  }

  function stateLines(): string[] {
    if (question) return ["", "Permission required", question.text, "1. yes (y)   2. no (n)   Esc denies"];
    if (choice) return ["", "Question", choice.text, ...choice.choices.map((text, i) => `${i + 1}. ${text}`), "a number, or a text and Enter; Esc leaves it"];
    if (!turn) return [""];
    const ms = performance.now() - turn.began;
    const waiting = queue.length ? ` · ${queue.length} queued` : "";
    return ["", `${SPINNER[Math.floor(ms / 250) % SPINNER.length]} Working… ${Math.floor(ms / 1000)}s${waiting} · esc to interrupt`];
  }

  function show(lines: readonly string[]): void {
    transcript.push(...lines);
    transcript.splice(0, transcript.length - TRANSCRIPT_LINES);
    conversation.add(lines);
    draw();
  }

  async function finish(code: number): Promise<void> {
    if (deaf && code === 129) return;
    for (const child of children) child.kill();
    reports.send({ event: "end" });
    await reports.settled(2_000);
    ended.resolve(code);
  }

  /** `told`: the report of the start has said it. */
  async function submit(prompt: string, told = false): Promise<void> {
    if (prompt.trim() === "/exit" || prompt.trim() === "/quit") return finish(0);
    if (turn) {
      queue.push(prompt);
      return draw();
    }
    const abort = new AbortController();
    turn = { abort, began: performance.now() };
    // Four times a second, and only while it works: an idle agent costs nothing.
    const spinner = setInterval(draw, 250);
    const lines = prompt.replace(/\n$/, "").split("\n");
    if (!told) reports.send({ event: "prompt", prompt });
    show(["", ...lines.map((line, i) => `${i === 0 ? "›" : " "} ${line}`), `● received ${lines.length} ${lines.length === 1 ? "line" : "lines"}`]);
    const end = await runTurn(prompt, abort.signal);
    clearInterval(spinner);
    turn = null;
    question = choice = null;
    if (typeof end === "object") {
      show([end.error ? `✗ ${end.message}` : end.message === "interrupted" ? "● interrupted" : "● done"]);
      reports.send({ event: "stop", ...end });
      const next = queue.shift();
      return next === undefined ? undefined : submit(next);
    }
    if (end !== "crash") return finish(end);
    await reports.settled(2_000);
    process.kill(process.pid, "SIGKILL");
  }

  /** The last words of the turn, or how the program ends. */
  async function runTurn(prompt: string, signal: AbortSignal): Promise<{ message: string; error: boolean } | number | "crash"> {
    let lastWords = "done";
    const tools: Tools = {
      cwd: facts.cwd,
      env: facts.env,
      signal,
      written,
      children,
      say(line) {
        lastWords = line;
        show([`● ${line}`]);
      },
      ask(text) {
        const { promise, resolve, reject } = Promise.withResolvers<boolean>();
        signal.addEventListener("abort", () => reject(new Interrupted()), { once: true });
        question = {
          text,
          answer(yes) {
            question = null;
            show([`? ${text}`, `  ${yes ? "yes" : "no"}`]);
            if (yes) reports.send({ event: "working", step: "answered" });
            resolve(yes);
          },
        };
        reports.send({ event: "waiting", reason: "permission", message: text });
        draw();
        return promise;
      },
      choose(text, choices) {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        signal.addEventListener("abort", () => reject(new Interrupted()), { once: true });
        choice = {
          text,
          choices,
          answer(given) {
            choice = null;
            if (given === null) return reject(new Denied(`not answered: ${text}`));
            show([`? ${text}`, ...given.split("\n").map((line) => `  ${line}`)]);
            reports.send({ event: "working", step: "answered" });
            resolve(given);
          },
        };
        reports.send({ event: "waiting", reason: "question", message: text, choices });
        draw();
        return promise;
      },
      ignoreHangup() {
        deaf = true;
        for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeAllListeners(signal).on(signal, () => {});
      },
    };
    try {
      for (const step of parseScript(prompt)) {
        await perform(step, tools);
        if (signal.aborted) throw new Interrupted();
        if (step.act !== "say" && step.act !== "ask" && step.act !== "choose") reports.send({ event: "working", step: step.act });
      }
      return { message: lastWords, error: false };
    } catch (error) {
      if (error instanceof ProgramEnds) return error.how;
      if (error instanceof Interrupted) return { message: "interrupted", error: false };
      if (error instanceof Denied) return { message: error.message, error: false };
      return { message: error instanceof TurnFailed ? error.message : String(error), error: true };
    }
  }

  function takeKey(key: Key): void {
    if (question) return answer(key, question);
    switch (key.key) {
      case "text":
      case "paste":
        if (choice && input === "" && key.key === "text" && /^[1-9]$/.test(key.text) && choice.choices[Number(key.text) - 1]) return choice.answer(choice.choices[Number(key.text) - 1]!);
        input += key.text;
        break;
      case "newline":
        input += "\n";
        break;
      case "backspace":
        input = [...input].slice(0, -1).join("");
        break;
      case "clear":
        input = "";
        break;
      case "enter": {
        const prompt = input;
        input = "";
        if (choice && prompt.trim()) return choice.answer(prompt);
        if (prompt.trim()) return void submit(prompt);
        break;
      }
      case "escape":
        if (choice) return choice.answer(null);
        turn?.abort.abort();
        break;
      case "end":
        if (input === "") return void finish(0);
        break;
      case "interrupt":
        return interrupt();
    }
    draw();
  }

  /** Text that was meant as a prompt must not answer: only the keys shown do, and a paste never. */
  function answer(key: Key, asked: NonNullable<typeof question>): void {
    if (key.key === "escape") return asked.answer(false);
    if (key.key === "enter") return asked.answer(true);
    if (key.key === "interrupt") return interrupt();
    if (key.key !== "text" || key.text.length !== 1) return;
    if ("yY1".includes(key.text)) asked.answer(true);
    else if ("nN2".includes(key.text)) asked.answer(false);
  }

  function interrupt(): void {
    const now = performance.now();
    if (now - interruptedAt < AGAIN_MS) return void finish(0);
    interruptedAt = now;
    turn?.abort.abort();
    input = "";
    show(["(Ctrl-C again exits)"]);
  }

  const keys = openKeyReader();
  let escape: Timer | undefined;
  terminal.onBytes((bytes) => {
    clearTimeout(escape);
    for (const key of keys.feed(bytes)) takeKey(key);
    if (keys.open) escape = setTimeout(() => keys.flush().forEach(takeKey), ESCAPE_MS);
  });
  terminal.onResize(() => {
    frame = null;
    terminal.write("\u001b[2J");
    draw();
  });
  terminal.onEnd(() => void finish(129));
  process.on("SIGHUP", () => void finish(129));
  process.on("SIGTERM", () => void finish(143));
  // A program that ignores the hangup has no terminal left to wait for.
  const alive = setInterval(() => {}, 2 ** 30);
  void ended.promise.then(() => clearInterval(alive));

  reports.send({ event: "start", conversation: conversation.id, prompt: facts.prompt });
  const width = Math.max(...DIRECTIVES.map(([words]) => words.length));
  transcript.push("fleet demo agent: type a prompt, or lines of", ...DIRECTIVES.map(([words, does]) => `  ${words.padEnd(width)}  ${does}`), "/exit ends it.");
  transcript.push(...conversation.lines.map((line) => truncate(line, 1_000)));
  if (conversation.lines.length) transcript.push(`resumed ${conversation.id}`);
  draw();
  if (facts.prompt?.trim()) void submit(facts.prompt, true);
  return ended.promise;
}
