import { count, optionalText, type Row } from '../../lambda/data-api/rows';
import type { Dialect, Statement, Stretch } from '../../lambda/database/dialect';

/** A statement to the simulated database, which knows no SQL: what to do, as JSON. */
export interface Operation {
  readonly op:
    | 'inspect'
    | 'ends'
    | 'delete'
    | 'find'
    | 'delete found'
    | 'estimate'
    | 'delete stored'
    | 'stuck'
    | 'oldest'
    | 'count';
  readonly row?: Row;
  readonly cutoff?: string;
  readonly at?: string;
  readonly limit?: number;
  readonly avoid?: readonly string[];
  readonly taken?: number;
  readonly next?: string;
}

const statement = (operation: Operation): Statement => ({
  sql: JSON.stringify(operation),
  parameters: {},
});

const along = ({ cutoff, at, limit, avoid }: Stretch) => ({
  cutoff: cutoff.toISOString(),
  at,
  limit,
  avoid,
});

/** A dialect for the simulated service, which deletes in the manner of PostgreSQL or of MySQL. */
export function simulatedDialect(
  kind: Dialect['batches']['kind'],
  now: Date,
  hasStorageOrder: boolean,
): Dialect {
  const row: Row = {
    wanted: 0,
    now: now.toISOString(),
    user: 'purger',
    database: 'shop',
    schema: 'public',
    table: 'django_session',
    kind: 'table',
    expireDateType: 'time',
    isExpireDateTime: true,
    hasSessionKey: true,
    isKeyedBySession: true,
    hasExpireDateIndex: true,
    hasStorageOrder,
    missingRights: '',
  };
  const of = (op: Operation['op'], cutoff: Date) => statement({ op, cutoff: cutoff.toISOString() });
  return {
    engine: 'simulated',
    inspect: () => statement({ op: 'inspect', row }),
    ends: () => statement({ op: 'ends' }),
    batches:
      kind === 'at-once'
        ? { kind, delete: (_, stretch) => statement({ op: 'delete', ...along(stretch) }) }
        : {
            kind,
            find: (_, stretch) => statement({ op: 'find', ...along(stretch) }),
            delete: (_, stretch, found) =>
              statement({ op: 'delete found', ...along(stretch), ...found }),
          },
    storage: {
      estimate: (_, cutoff) => of('estimate', cutoff),
      readEstimate: (answer) => ({ reason: 'simulated', start: optionalText(answer, 'start') }),
      carefully: (at) => at,
      delete: (_, stretch) => statement({ op: 'delete stored', ...along(stretch) }),
      readStep: (_, [answer = {}]) => ({
        rows: count(answer, 'rows'),
        leftBehind: false,
        ahead: count(answer, 'ahead'),
        next: optionalText(answer, 'next'),
      }),
    },
    stuckRow: (_, stretch) => statement({ op: 'stuck', ...along(stretch) }),
    countExpired: (_, cutoff) => of('count', cutoff),
    explainExpired: (_, cutoff) => of('count', cutoff),
    readEstimate: () => 0,
    oldestExpired: (_, cutoff) => of('oldest', cutoff),
    toInstant: (text) => new Date(text),
    grant: () => '',
    createIndex: () => '',
  };
}
