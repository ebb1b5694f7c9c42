import type { Walk } from '../../contract/report';
import type { Answer, DataApi, Rows } from '../data-api/data-api';
import { count, onlyRow, optionalText, text } from '../data-api/rows';
import { UnexpectedAnswer } from '../errors';
import type {
  Backlog,
  Batch,
  BatchOutcome,
  DeletedBatch,
  Position,
  SessionTable,
  StepOver,
  WalkChoice,
} from '../purge/port';
import type { Dialect, Stretch, TableId } from './dialect';
import type { Ends } from './table-proof';

/** A dry run counts no further: the exact size of a large backlog is not worth reading all of it. */
export const COUNT_CAP = 100_000;

/** A table, and all that it takes to talk to it. */
interface Place {
  readonly api: DataApi;
  readonly dialect: Dialect;
  readonly table: TableId;
}

/** The instant; a `DatabaseError` with the demand when it is none. */
export function aTime(instant: Date, demand: string): Date {
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new UnexpectedAnswer(`${demand}`);
}

function instantIn(dialect: Dialect, text: string | null): Date | null {
  return text === null ? null : aTime(dialect.toInstant(text), 'an expire_date must be a time');
}

function stretchOf({ cutoff, from, limit }: Batch): Stretch {
  return { cutoff, at: from.at, avoid: from.avoid ?? [], limit };
}

interface IndexAnswer {
  readonly rows: number;
  readonly taken: number;
  readonly next: string | null;
  readonly durationMs: number;
}

function alongIndex({ dialect }: Place, { from, limit }: Batch, answer: IndexAnswer): DeletedBatch {
  const { rows, taken, next, durationMs } = answer;
  return {
    kind: 'deleted',
    rows,
    next: taken < limit ? null : { ...from, at: next ?? from.at },
    reached: instantIn(dialect, next),
    // Rows that were skipped are not in the answer, so that they have to be looked for.
    leftBehind: true,
    ahead: 0,
    durationMs,
  };
}

/** What a delete came to; where its answer cannot be read, or tells of too many rows, they may be gone or not. */
function deletedBy(
  answer: Answer,
  { limit }: Batch,
  read: (rows: Rows) => DeletedBatch,
): BatchOutcome {
  const { kind, durationMs } = answer;
  if (kind === 'locked') {
    throw new UnexpectedAnswer('a statement that passes over locked rows met one');
  }
  if (kind !== 'rows') return answer;
  try {
    const deleted = read(answer);
    return deleted.rows <= limit ? deleted : { kind: 'lost', durationMs };
  } catch (error) {
    if (!(error instanceof UnexpectedAnswer)) throw error;
    return { kind: 'lost', durationMs };
  }
}

async function deleteAlongIndex(place: Place, batch: Batch): Promise<BatchOutcome> {
  const { api, dialect, table } = place;
  const { batches } = dialect;
  const stretch = stretchOf(batch);
  if (batches.kind === 'at-once') {
    const answer = await api.execute(batches.delete(table, stretch));
    return deletedBy(answer, batch, ({ rows, durationMs }) => {
      const row = onlyRow(rows);
      const [deleted, taken] = [count(row, 'deleted'), count(row, 'taken')];
      const next = optionalText(row, 'next');
      return alongIndex(place, batch, { rows: deleted, taken, next, durationMs });
    });
  }
  const found = await api.tryQuery(batches.find(table, stretch));
  if (found.kind !== 'rows') return found;
  const taken = count(onlyRow(found.rows), 'taken');
  const nothing = { rows: 0, taken, next: null, durationMs: found.durationMs };
  if (taken === 0) return alongIndex(place, batch, nothing);
  const next = text(onlyRow(found.rows), 'next');
  const answer = await api.execute(batches.delete(table, stretch, { taken, next }));
  return deletedBy(answer, batch, ({ rowsChanged, durationMs }) =>
    alongIndex(place, batch, { rows: rowsChanged, taken, next, durationMs }),
  );
}

async function deleteAlongStorage(place: Place, batch: Batch): Promise<BatchOutcome> {
  const { api, dialect, table } = place;
  const { storage } = dialect;
  if (storage === null) throw new TypeError(`${dialect.engine} has no storage walk`);
  let stretch = stretchOf(batch);
  let answer = await api.execute(storage.delete(table, stretch));
  if (answer.kind === 'locked') {
    stretch = { ...stretch, at: storage.carefully(stretch.at) };
    answer = await api.execute(storage.delete(table, stretch));
  }
  return deletedBy(answer, batch, ({ rows, rowsChanged, durationMs }) => {
    const step = storage.readStep(stretch, rows, rowsChanged);
    const next = step.next === null ? null : ({ walk: 'storage', at: step.next } as const);
    return { kind: 'deleted', ...step, next, reached: null, durationMs };
  });
}

const DELETES: Readonly<Record<Walk, typeof deleteAlongIndex>> = {
  index: deleteAlongIndex,
  storage: deleteAlongStorage,
};

const NO_STORAGE_WALK: WalkChoice = {
  reason: 'only PostgreSQL 14 and later have a storage walk',
  start: null,
};

async function chooseWalk({ api, dialect, table }: Place, cutoff: Date): Promise<WalkChoice> {
  const { storage } = dialect;
  if (storage === null) return NO_STORAGE_WALK;
  const answer = await api.tryQuery(storage.estimate(table, cutoff));
  if (answer.kind !== 'rows') return { reason: 'sampling the table took too long', start: null };
  const { reason, start } = storage.readEstimate(onlyRow(answer.rows));
  return { reason, start: start === null ? null : { walk: 'storage', at: start } };
}

async function stepOver({ api, dialect, table }: Place, batch: Batch): Promise<StepOver | null> {
  const [row] = await api.query(dialect.stuckRow(table, stretchOf(batch)));
  if (row === undefined) return null;
  const { from } = batch;
  const stuck = instantIn(dialect, text(row, 'stuck')) as Date;
  const handle = optionalText(row, 'row');
  if (handle !== null) return { stuck, next: { ...from, avoid: [...(from.avoid ?? []), handle] } };
  const at = optionalText(row, 'next');
  return { stuck, next: at === null ? null : { ...from, at } };
}

async function countExpired({ api, dialect, table }: Place, cutoff: Date): Promise<Backlog> {
  const row = onlyRow(await api.query(dialect.countExpired(table, cutoff, COUNT_CAP + 1)));
  const rows = count(row, 'expired');
  const oldest = instantIn(dialect, optionalText(row, 'oldest'));
  if (rows <= COUNT_CAP) return { rows, capped: false, estimate: null, oldest };
  const estimate = dialect.readEstimate(await api.query(dialect.explainExpired(table, cutoff)));
  return { rows: COUNT_CAP, capped: true, estimate: Math.max(estimate, rows), oldest };
}

async function oldestExpired({ api, dialect, table }: Place, cutoff: Date) {
  const answer = await api.tryQuery(dialect.oldestExpired(table, cutoff));
  if (answer.kind !== 'rows') return 'unknown';
  return instantIn(dialect, optionalText(onlyRow(answer.rows), 'oldest'));
}

/** The port's table over a Data API. */
export function sessionTable(place: Place, ends: Ends, hasStorageOrder: boolean): SessionTable {
  const { dialect, table } = place;
  const start: Position = { walk: 'index', at: ends.oldest ?? '' };
  return {
    name: `${table.schema}.${table.table}`,
    oldest: instantIn(dialect, ends.oldest),
    newest: instantIn(dialect, ends.newest),
    start,
    deleteBatch: (batch) => DELETES[batch.from.walk](place, batch),
    chooseWalk: async (cutoff) => (hasStorageOrder ? chooseWalk(place, cutoff) : NO_STORAGE_WALK),
    stepOver: (batch) => stepOver(place, batch),
    countExpired: (cutoff) => countExpired(place, cutoff),
    oldestExpired: (cutoff) => oldestExpired(place, cutoff),
  };
}
