import { isJsonObject, mistakesInFields, type Values } from '../../contract/fields';
import { isTrueOrFalse, mistakeIn, oneOf, type Rule, textRule, within } from '../../contract/rule';
import type { TableName } from '../../contract/table-name';
import { shown } from '../../contract/text';
import { RequestError } from '../errors';
import { adviceOnFields, adviceOnTable } from './advice';

/** What one run is asked to do. */
export interface PurgeRequest {
  /** Count instead of delete. */
  readonly dryRun: boolean;
  /** Sessions that expired before it are deleted; `null`: before the database's clock less the grace period. */
  readonly cutoff: Date | null;
  /** The most rows to delete from all tables together; `null`: no limit. */
  readonly maxRows: number | null;
  readonly tables: readonly TableName[];
  /** How long the run may work, in seconds; `null`: as long as the function may. */
  readonly maxSeconds: number | null;
  /** Return the report of a run that failed, with the error in it, instead of throwing the error. */
  readonly alwaysReports: boolean;
  /** See `isRoutine`. */
  readonly isRoutine: boolean;
}

/** Asks what the purge of these tables requires, and deletes nothing. */
export interface CheckRequest {
  readonly check: true;
  readonly tables: readonly TableName[];
}

const SCHEDULERS = ['aws.events', 'aws.scheduler'];

const INSTANT = /^((?!0000)\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Compares the date with the calendar, since the runtime takes 30 February for a day in March. */
function isInstant(text: string): boolean {
  const [, date] = INSTANT.exec(text) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

const FIELD_RULES: Readonly<Record<string, Rule>> = {
  dryRun: isTrueOrFalse,
  cutoff: textRule(
    isInstant,
    'must be a time in ISO 8601 with an offset, like "2026-11-22T02:17:00Z"',
  ),
  maxRows: {
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
    demand: 'must be a whole number of at least 1',
  },
  tables: {
    holds: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string'),
    demand: 'must be a list of configured tables, like ["django_session"]',
  },
  // The least is that of the function's own time limit: a statement may take 45 s.
  maxSeconds: within({ min: 60, max: 900, whole: true }, 'seconds'),
  report: oneOf(['always'], 'must be "always"'),
  check: oneOf([true], 'must be true'),
};

/** An event sent by hand, once its fields are found to be valid. */
interface Fields {
  readonly dryRun?: boolean;
  readonly cutoff?: string;
  readonly maxRows?: number;
  readonly tables?: readonly string[];
  readonly maxSeconds?: number;
  readonly report?: 'always';
  readonly check?: true;
}

const FIELDS = Object.keys(FIELD_RULES);

const ALLOWED_WITH_CHECK = ['check', 'tables'];

/** How long a run works and how it answers: fields that change nothing of what is due. */
const { maxSeconds, report } = FIELD_RULES;
const OF_ANY_RUN: Readonly<Record<string, Rule | undefined>> = { maxSeconds, report };

/** EventBridge Rules sends an empty object, and EventBridge Scheduler the text of one. */
const NO_DETAIL: Rule = {
  holds: (value) => value === '{}' || (isJsonObject(value) && Object.keys(value).length === 0),
  demand: 'must be {} or "{}"',
};

const isText = (value: unknown) => typeof value === 'string';

/** The fields of a scheduled event of EventBridge that are texts. Only one that is replayed from an archive has the last. */
const TEXTS = 'version id detail-type source account time region replay-name'.split(' ');

const ENVELOPE: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(TEXTS.map((field) => [field, { holds: isText, demand: 'must be a text' }])),
  resources: {
    holds: (value) => Array.isArray(value) && value.every(isText),
    demand: 'must be a list of texts',
  },
  detail: NO_DETAIL,
};

const NOTHING_DELETED = 'nothing was deleted';

const SEND_ALONE = `send it without the others; ${NOTHING_DELETED}`;

const SEND_OWN_EVENT = `send a request of your own as an event of its own, like {"dryRun": true}; ${NOTHING_DELETED}`;

function refuse(problem: string, advice: string = NOTHING_DELETED): never {
  throw new RequestError(`${problem}; ${advice}`);
}

function isScheduled({ source, 'detail-type': detailType }: Values): boolean {
  return detailType === 'Scheduled Event' && SCHEDULERS.some((scheduler) => scheduler === source);
}

/**
 * Whether the event is one of a schedule, or `{}`, which somebody sends by hand to run what the schedule runs. `maxSeconds`
 * and `report` make no difference: such a run takes all that is due, too.
 *
 * Only such a run speaks for the purge: the alarms know nothing of other runs, and a sleeping cluster is left asleep for
 * no other run. An event of a schedule counts even if it is refused.
 */
export function isRoutine(event: unknown): boolean {
  if (!isJsonObject(event)) return false;
  const isOfAnyRun = ([field, value]: [string, unknown]) => {
    const rule = Object.hasOwn(OF_ANY_RUN, field) ? OF_ANY_RUN[field] : undefined;
    return rule?.holds(value) ?? false;
  };
  return isScheduled(event) || Object.entries(event).every(isOfAnyRun);
}

/** An event that is meant for another function may have any number of fields. */
const MOST_NAMED = 5;

function refuseUnknownFields(event: Values, known: readonly string[], what: string, then: string) {
  const unknown = Object.keys(event).filter((field) => !known.includes(field));
  if (unknown.length === 0) return;
  const named = unknown.slice(0, MOST_NAMED).map(shown).join(', ');
  const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : '';
  const fields = unknown.length === 1 ? 'field' : 'fields';
  refuse(`unknown ${fields} ${named}${more} in ${what}`, adviceOnFields(unknown, FIELDS, then));
}

const WHOLE_RUN = {
  dryRun: false,
  cutoff: null,
  maxRows: null,
  maxSeconds: null,
  alwaysReports: false,
} as const;

/** Refuses all that was added: somebody who adds `dryRun`, or a similar name, anywhere must not get a purge. */
function scheduledRequest(event: Values, tables: readonly TableName[]): PurgeRequest {
  const added = FIELDS.find((field) => Object.hasOwn(event, field));
  if (added !== undefined) refuse(`a scheduled event takes no "${added}"`, SEND_ALONE);
  refuseUnknownFields(event, Object.keys(ENVELOPE), 'a scheduled event', SEND_ALONE);
  for (const [field, rule] of Object.entries(ENVELOPE)) {
    const mistake = Object.hasOwn(event, field) && mistakeIn(event[field], rule);
    if (mistake) refuse(`a scheduled event's "${field}" ${mistake}`, SEND_OWN_EVENT);
  }
  return { ...WHOLE_RUN, tables, isRoutine: true };
}

function subset(names: readonly string[], configured: readonly TableName[]): TableName[] {
  return [...new Set(names)].map((name) => {
    const table = configured.find(({ text }) => text === name);
    return (
      table ??
      refuse(
        `table ${shown(name)} in the event is not configured`,
        adviceOnTable(name, configured, NOTHING_DELETED),
      )
    );
  });
}

const LIMITED_COUNT =
  '"maxRows" does not go with "dryRun": a dry run counts all expired rows; send it without "maxRows"';

/** Refuses fields of a purge next to `check`: whoever sends them expects a purge. */
function refuseFieldsOfPurge(event: Values): void {
  const other = FIELDS.find(
    (field) => !ALLOWED_WITH_CHECK.includes(field) && Object.hasOwn(event, field),
  );
  if (other !== undefined) refuse(`"check" goes with "tables" alone; send it without "${other}"`);
}

function readFields(event: Values): Fields {
  refuseUnknownFields(event, FIELDS, 'the event', NOTHING_DELETED);
  const mistakes = mistakesInFields(event, FIELD_RULES);
  return mistakes.length > 0 ? refuse(`event: ${mistakes.join('; ')}`) : (event as Fields);
}

/**
 * Reads an invocation's event. A scheduled event and `{}` ask for the purge as configured, other fields narrow it, and
 * `check` asks for a check-up instead.
 *
 * Throws a `RequestError` for any other event, so that an event meant for another function never purges.
 */
export function readRequest(
  event: unknown,
  configured: readonly TableName[],
): PurgeRequest | CheckRequest {
  if (!isJsonObject(event)) return refuse(`the event must be a JSON object, got ${shown(event)}`);
  if (isScheduled(event)) return scheduledRequest(event, configured);
  const { dryRun = false, cutoff, check, tables: names, report, ...limits } = readFields(event);
  const tables = names === undefined ? configured : subset(names, configured);
  if (check) {
    refuseFieldsOfPurge(event);
    return { check, tables };
  }
  if (dryRun && limits.maxRows !== undefined) refuse(LIMITED_COUNT);
  return {
    dryRun,
    cutoff: cutoff === undefined ? null : new Date(cutoff),
    maxRows: limits.maxRows ?? null,
    tables,
    maxSeconds: limits.maxSeconds ?? null,
    alwaysReports: report === 'always',
    isRoutine: isRoutine(event),
  };
}
