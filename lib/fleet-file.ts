import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { AlarmRecipients } from './alarm-topic';
import { ContextError, hasKeys, unknownKeys, type Values } from './context-error';
import { envelopeSchema, fleetSchema, MOST_PURGES, SHARED_KEYS } from './fleet-schema';
import {
  type ConfiguredPurge,
  ownContext,
  purgesOf,
  type Reading,
  readList,
} from './purge-context';
import { otherRegion } from './rules';
import { spreadSchedule } from './schedule-spread';
import { shown } from './shown';

/** Many purges that share one topic and one overview in each account and region. */
export interface Fleet {
  readonly purges: readonly ConfiguredPurge[];
  readonly recipients: AlarmRecipients;
}

const HINT = 'its keys are in docs/fleet.md, and in fleet.schema.json for your editor';

const DEFAULT_SPREAD = { fromHour: 1, hours: 5 };

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { message } = error as Error;
    throw new ContextError(
      `fleet must be a file with JSON in it, got ${shown(path)}: ${message.slice(0, 200)}`,
    );
  }
}

function envelopeMistakes(file: Values): string[] {
  const { issues = [] } = v.safeParse(envelopeSchema, file);
  const within = (key: string, known: readonly string[]) =>
    hasKeys(file[key]) ? unknownKeys(file[key], known).map((mistake) => `${key}: ${mistake}`) : [];
  return [
    ...unknownKeys(file, Object.keys(fleetSchema.entries)),
    ...within('spread', ['fromHour', 'hours']),
    ...within('defaults', SHARED_KEYS),
    ...issues.map(({ path = [], message }) => {
      return `${path.map(({ key }) => key).join(': ')} ${message}`;
    }),
  ];
}

function listMistakes(purges: unknown): string[] {
  if (!Array.isArray(purges) || purges.length === 0) {
    return [`purges must be a list with at least one purge, got ${shown(purges)}`];
  }
  if (purges.length <= MOST_PURGES) return [];
  return [`purges must be ${MOST_PURGES} at most, got ${purges.length}; split the file in two`];
}

/** The fleet of an already parsed file; throws a `ContextError` that tells all mistakes at once. */
export function readFleet(file: unknown, place: string): Fleet {
  if (!hasKeys(file)) {
    throw new ContextError(`${place} must hold an object with a list "purges", got ${shown(file)}`);
  }
  const mistakes = [...envelopeMistakes(file), ...listMistakes(file.purges)];
  if (mistakes.length > 0) purgesOf([{ mistakes }], place, HINT);
  const { spread, defaults, alarmEmail, alarmTopicArn } = v.parse(envelopeSchema, file);
  const readings: Reading[] = readList(
    file.purges as unknown[],
    ['name', ...SHARED_KEYS],
    (name) => ({
      schedule: spreadSchedule(name, { ...DEFAULT_SPREAD, ...spread }),
      dashboard: false,
      ...defaults,
    }),
  );
  const regions = readings.flatMap(({ purge }) => {
    const mistake = purge && alarmTopicArn && otherRegion(alarmTopicArn, purge.props.clusterArn);
    return mistake ? [`purge "${purge?.props.purgeName}": alarmTopicArn ${mistake}`] : [];
  });
  return {
    purges: purgesOf([...readings, { mistakes: regions }], place, HINT),
    recipients: { ...(alarmEmail && { alarmEmail }), ...(alarmTopicArn && { alarmTopicArn }) },
  };
}

/** The fleet of the file that the context names with `fleet`; `undefined` where it names none. */
export function fleetOf(context: Values): Fleet | undefined {
  const { fleet, ...beside } = ownContext(context);
  if (fleet === undefined) return undefined;
  if (typeof fleet !== 'string') {
    throw new ContextError(`fleet must be the path of a file, got ${shown(fleet)}`);
  }
  const strays = Object.keys(beside);
  if (strays.length > 0) {
    const mistakes = strays.map((key) => `${key} stands beside fleet; move it into ${fleet}`);
    purgesOf([{ mistakes }], 'the context', HINT);
  }
  return readFleet(parse(fleet), fleet);
}
