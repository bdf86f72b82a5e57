// What a person and an agent said to each other, from the transcripts of its program.
import type { AgentRecord } from "../../base/model";
import type { DatabaseTranscript, LineTranscript, Memory, Turn } from "../../kinds/transcripts/transcript";
import { queryDatabase } from "../../ports/transcript-database";
import { type Mark, readNewLines } from "../../ports/transcript-lines";
import { findFiles, type Found, openSearch, realPath } from "./files";
import { type ProgramWords, transcriptKinds } from "./kinds";
import { ownerOf } from "./ledger";
import { readOverview } from "./overview";
import type { TokenPorts } from "./read";

export interface Conversation {
  /** All that was said until now, the oldest first; only what is new since the last call is read. */
  turns(): Promise<readonly Turn[]>;
  /** The calls of tools with which it ends, as its program wrote them last: one that waits to be allowed is among them. */
  lastCalls(): Promise<readonly string[]>;
}

/** null where the kind's program keeps none. */
export async function openConversation(ports: TokenPorts, record: AgentRecord): Promise<Conversation | null> {
  const overview = readOverview(ports.store.home);
  const words = (await transcriptKinds(overview, ports.store.home, ports.env, [record.kind])).of(record.kind);
  if (!words) return null;
  const owner = ownerOf(record, realPath(record.worktree), null);
  const { transcript } = words;
  if (transcript.is === "database") {
    const turns = () => databaseTurns(transcript, words, owner.worktree, owner.created);
    return { turns, lastCalls: async () => callsAtEnd(await turns()) };
  }
  const files = new Map<string, FileTurns>();
  const find = () => findFiles(openSearch(overview, ports.now(), () => false), transcript, words.env, owner);
  const read = ({ path }: Found): FileTurns => {
    const file = files.get(path) ?? { mark: null, memory: {}, turns: [], at: new Map() };
    files.set(path, file);
    readTurns(transcript, path, file);
    return file;
  };
  return {
    async turns() {
      find().forEach(read);
      return [...files.values()].flatMap((file) => file.turns);
    },
    async lastCalls() {
      if (transcript.callsLate) return [];
      // The newest file may be a helper's own, without a turn that is told.
      const newest = find().sort((a, b) => b.mtime - a.mtime).map((file) => callsAtEnd(read(file).turns));
      return newest.find((calls) => calls.length > 0) ?? [];
    },
  };
}

function callsAtEnd(turns: readonly Turn[]): string[] {
  const from = turns.findLastIndex(({ who }) => who === "person" || who === "agent");
  return turns.slice(from + 1).flatMap(({ who, text }) => (who === "tool" ? [text] : []));
}

interface FileTurns {
  mark: Mark | null;
  memory: Memory;
  turns: Turn[];
  /** Where the turn of an id stands. */
  at: Map<string, number>;
}

function readTurns(transcript: LineTranscript, path: string, file: FileTurns): void {
  const read = readNewLines(path, file.mark, {
    line(line) {
      for (const turn of transcript.read(line, file.memory)?.turns ?? []) place(file, turn);
    },
    restart() {
      Object.assign(file, { memory: {}, turns: [], at: new Map() });
    },
    late: () => false,
  });
  if (read) file.mark = read.mark.offset > 0 ? read.mark : null;
}

/** A later word of an id takes the place of the earlier one. */
function place({ turns, at }: FileTurns, turn: Turn): void {
  const known = turn.id === undefined ? undefined : at.get(turn.id);
  if (known !== undefined) turns[known] = turn;
  else {
    if (turn.id !== undefined) at.set(turn.id, turns.length);
    turns.push(turn);
  }
}

async function databaseTurns(transcript: DatabaseTranscript, { env }: ProgramWords, worktree: string, since: number): Promise<Turn[]> {
  const rows = await queryDatabase(transcript.file(env), transcript.turnsQuery, { worktree, since });
  return (rows ?? []).flatMap((row) => transcript.read(row)?.turns ?? []);
}
