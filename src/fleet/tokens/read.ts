// What agents have used of their models, brought up to date from their programs' transcripts: only files that grew are read.
import type { AgentRecord, Spent } from "../../base/model";
import type { LineTranscript, Memory } from "../../kinds/transcripts/transcript";
import { openPrices } from "../../ports/prices";
import type { Store } from "../../ports/store";
import { queryDatabase } from "../../ports/transcript-database";
import { readNewLines, stampOf } from "../../ports/transcript-lines";
import { labelOf } from "../batch/record";
import { type Found, findFiles, forgetHeads, openSearch, realPath, type Search } from "./files";
import { transcriptKinds, type ProgramWords } from "./kinds";
import { emptyLedger, forgetFile, forgetLedger, hasLedger, itemsOf, type Ledger, ledgerIds, type Owner, ownerOf, priceEntries, readLedger, sumOf, takeReading, unpriced, writeLedger } from "./ledger";
import { readOverview, type Summed, writeOverview } from "./overview";

export interface TokenPorts {
  store: Store;
  env: Record<string, string | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface TokenQuestion {
  /** Milliseconds after which the answer is what is known by then. */
  deadlineMs: number;
  /** Called when something missed the deadline. */
  leaveBehind?: () => void;
}

/** The sums of each agent that has transcripts, by id. Never throws for what other programs wrote. */
export async function loadTokens(ports: TokenPorts, records: readonly AgentRecord[], question: TokenQuestion): Promise<Map<string, Spent>> {
  const run = await openRun(ports, question, records.map(({ kind }) => kind));
  for (const record of records) {
    const words = run.kinds.of(record.kind);
    if (words) await bringUpToDate(run, words, { id: record.id, owner: () => ownerOf(record, realPath(record.worktree), labelOf(ports.store, record.batch)) });
  }
  return closeRun(run, records.map(({ id }) => id), question);
}

/** The ledgers of all agents, those that were killed too, brought up to date. */
export async function loadLedgers(ports: TokenPorts, question: TokenQuestion): Promise<Ledger[]> {
  const records = ports.store.agents();
  await loadTokens(ports, records, question);
  const living = new Set(records.map(({ id }) => id));
  const ids = ledgerIds(ports.store.home);
  const gone = ids.filter((id) => !living.has(id)).flatMap((id) => readLedger(ports.store.home, id) ?? []);
  const forgotten = new Set(gone.filter((ledger) => isOld(ledger, ports.now())).map(({ owner }) => owner.id));
  for (const id of forgotten) forgetLedger(ports.store.home, id);
  const run = await openRun(ports, question, gone.map(({ owner }) => owner.kind));
  for (const { owner } of gone) {
    if (forgotten.has(owner.id)) continue;
    const words = run.kinds.of(owner.kind);
    if (words) await bringUpToDate(run, words, { id: owner.id, owner: () => owner });
  }
  closeRun(run, ids, question);
  return ids.flatMap((id) => {
    const ledger = readLedger(ports.store.home, id);
    if (ledger === null) return [];
    // One that was brought back lives again, whether or not it has used anything since.
    return living.has(id) ? { ...ledger, owner: { ...ledger.owner, ended: null } } : ledger;
  });
}

const KEEP_DAYS = 90;
const MOST_RATES = 50;

/** Of an agent that is no more: nothing of it is younger. */
function isOld(ledger: Ledger, now: number): boolean {
  const last = Math.max(ledger.owner.ended ?? ledger.owner.created, ...itemsOf(ledger).map(({ at }) => at));
  return now - last > KEEP_DAYS * 86_400_000;
}

interface Run {
  ports: TokenPorts;
  search: Search;
  kinds: Awaited<ReturnType<typeof transcriptKinds>>;
  changed: boolean;
  missed: boolean;
  late(): boolean;
}

interface Asked {
  id: string;
  owner(): Owner;
}

async function openRun(ports: TokenPorts, { deadlineMs }: TokenQuestion, names: readonly string[]): Promise<Run> {
  const deadline = performance.now() + deadlineMs;
  const overview = readOverview(ports.store.home);
  const kinds = await transcriptKinds(overview, ports.store.home, ports.env, names);
  const late = () => performance.now() >= deadline;
  return { ports, search: openSearch(overview, ports.now(), late), kinds, changed: kinds.changed, missed: false, late };
}

function closeRun(run: Run, ids: readonly string[], { leaveBehind }: TokenQuestion): Map<string, Spent> {
  const { search, ports } = run;
  const { agents } = search.overview;
  if (run.changed || search.changed) {
    forgetHeads(search);
    // Others may have written meanwhile: what this run did not ask about is theirs.
    const there = readOverview(ports.store.home).agents;
    const kept = Object.entries(there).filter(([id]) => !Object.hasOwn(agents, id));
    for (const id of Object.keys(agents)) if (!hasLedger(ports.store.home, id)) delete agents[id];
    writeOverview(ports.store.home, { ...search.overview, rates: Object.fromEntries(Object.entries(search.overview.rates).slice(-MOST_RATES)), agents: { ...Object.fromEntries(kept), ...agents } });
  }
  if (run.missed || search.missed) leaveBehind?.();
  return new Map(ids.flatMap((id) => (Object.hasOwn(agents, id) ? [[id, agents[id]!.spent] as const] : [])));
}

async function bringUpToDate(run: Run, words: ProgramWords, { id, owner }: Asked): Promise<void> {
  const { overview } = run.search;
  const known = Object.hasOwn(overview.agents, id) && hasLedger(run.ports.store.home, id) ? overview.agents[id] : undefined;
  const whose = owner();
  const files = words.transcript.is === "lines" ? findFiles(run.search, words.transcript, words.env, whose) : databaseFiles(words.transcript.file(words.env));
  const grown = files.filter(({ path, size, mtime }) => known?.stamps[path]?.[0] !== size || known.stamps[path]![1] !== mtime);
  if (grown.length === 0 && (known !== undefined || files.length === 0)) return;
  const ledger = readLedger(run.ports.store.home, id) ?? emptyLedger(whose);
  ledger.owner = whose;
  let stamps: Summed["stamps"] = Object.fromEntries(files.flatMap(({ path }) => (known?.stamps[path] ? [[path, known.stamps[path]]] : [])));
  // A ledger that was lost is made again of all files, not only of those that grew.
  for (const found of Object.keys(ledger.files).length === 0 ? files : grown) {
    if (run.late()) run.missed = true;
    else if (await readFile(run, words, ledger, found)) stamps[found.path] = [found.size, found.mtime];
    else run.missed = true;
  }
  const open = unpriced(ledger);
  if (open.length > 0) priceEntries(ledger, await openPrices(overview.rates, open), run.late);
  if (open.length > 0 && unpriced(ledger).length > 0) {
    // As if nothing had been read: the next look goes on from here.
    run.missed = true;
    stamps = {};
  }
  const spent = sumOf(itemsOf(ledger));
  const whole = files.every(({ path, size, mtime }) => stamps[path]?.[0] === size && stamps[path]![1] === mtime);
  writeLedger(run.ports.store.home, ledger);
  overview.agents[id] = { stamps, spent: whole ? spent : { ...spent, partial: true }, batch: whose.batchId ?? null };
  run.changed = true;
}

function databaseFiles(path: string): Found[] {
  // What is new may lie beside it, in its log.
  return [path, `${path}-wal`].flatMap((file) => {
    const stamp = stampOf(file);
    return stamp ? [{ path: file, ...stamp }] : [];
  });
}

/** true when all that is there was read. */
async function readFile({ search, late }: Run, { transcript, env }: ProgramWords, ledger: Ledger, { path }: Found): Promise<boolean> {
  if (transcript.is === "lines") return readLines(ledger, transcript, path, late);
  const rows = await queryDatabase(transcript.file(env), transcript.usageQuery, { worktree: ledger.owner.worktree, since: ledger.changed });
  if (rows === null) return false;
  const n = numberOf(ledger, path);
  for (const row of rows) {
    const reading = transcript.read(row);
    if (reading) takeReading(ledger, n, reading);
    if (typeof row["changed"] === "number") ledger.changed = Math.max(ledger.changed, Math.min(row["changed"], search.now));
  }
  return true;
}

function readLines(ledger: Ledger, transcript: LineTranscript, path: string, late: () => boolean): boolean {
  const before = ledger.files[path];
  const n = numberOf(ledger, path);
  let memory: Memory = { ...before?.memory };
  const read = readNewLines(path, before && before.offset > 0 ? before : null, {
    line(line) {
      const reading = transcript.read(line, memory);
      if (reading && !takeReading(ledger, n, reading)) memory["mixed"] = 1;
    },
    restart() {
      forgetFile(ledger, n);
      delete ledger.totals[String(before?.memory["key"] ?? "")];
      memory = {};
    },
    late,
  });
  if (!read) return false;
  ledger.files[path] = { ...read.mark, n, memory };
  return read.done;
}

function numberOf(ledger: Ledger, path: string): number {
  const known = ledger.files[path];
  if (known) return known.n;
  const n = Object.values(ledger.files).reduce((most, file) => Math.max(most, file.n + 1), 0);
  ledger.files[path] = { size: 0, mtime: 0, offset: 0, head: "", tail: "", n, memory: {} };
  return n;
}
