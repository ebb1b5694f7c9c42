import { readFileSync } from 'node:fs';
import { arnParts, clusterPlace, otherPlace } from '../contract/arn';
import { isJsonObject, type Values } from '../contract/fields';
import type { SettingTable } from '../contract/setting-kinds';
import { shown } from '../contract/text';
import type { AlarmRecipients } from './alarm-topic';
import { ContextError, unknownKeys } from './context-error';
import { readValues } from './context-values';
import {
  FLEET_KEYS,
  FLEET_SETTINGS,
  MOST_PURGES,
  SHARED_SETTINGS,
  SPREAD_SETTINGS,
} from './fleet-schema';
import {
  type ConfiguredPurge,
  noList,
  ownContext,
  purgesOf,
  type Reading,
  readList,
} from './purge-context';
import { spreadSchedule } from './schedule-spread';
import { fleetNameOf } from './stack-names';

/** Many purges that share one topic and one overview in each account and region. */
export interface Fleet {
  /** What the names of the shared stack and topic begin with. */
  readonly name: string;
  readonly purges: readonly ConfiguredPurge[];
  readonly recipients: AlarmRecipients;
}

/** What holds for the whole fleet, once it is found to be valid. */
interface FleetFile extends AlarmRecipients {
  readonly defaults?: Values;
}

const HINT = 'its keys are in docs/fleet.md, and in fleet.schema.json for your editor';

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

/** Mistakes in an object within the file, under its key. */
function mistakesWithin(key: string, value: unknown, table: SettingTable): string[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) return [`${key} must be an object, got ${shown(value)}`];
  const { mistakes } = readValues(value, table);
  return [...unknownKeys(value, Object.keys(table)), ...mistakes].map(
    (mistake) => `${key}: ${mistake}`,
  );
}

function envelopeMistakes(file: Values): string[] {
  return [
    ...unknownKeys(file, FLEET_KEYS),
    ...readValues(file, FLEET_SETTINGS).mistakes,
    ...mistakesWithin('spread', file.spread, SPREAD_SETTINGS),
    ...mistakesWithin('defaults', file.defaults, SHARED_SETTINGS),
  ];
}

/** The part of the day in which the purges start, once it is found to be valid. */
function spreadOf(file: Values) {
  const { fromHour, hours } = SPREAD_SETTINGS;
  const given = readValues((file.spread ?? {}) as Values, SPREAD_SETTINGS).values;
  return { fromHour: fromHour.fallback, hours: hours.fallback, ...given };
}

function listMistakes(purges: unknown): string[] {
  if (purges === undefined) return ['purges is not set'];
  if (!Array.isArray(purges) || purges.length === 0) {
    return [noList(purges)];
  }
  if (purges.length <= MOST_PURGES) return [];
  return [`purges must be ${MOST_PURGES} at most, got ${purges.length}; split the file in two`];
}

/** Reads a fleet from the parsed file, whose path is `place`. Throws a `ContextError` that names all mistakes at once. */
export function readFleet(file: unknown, place: string): Fleet {
  if (!isJsonObject(file)) {
    throw new ContextError(`${place} must hold an object with a list "purges", got ${shown(file)}`);
  }
  const mistakes = [...envelopeMistakes(file), ...listMistakes(file.purges)];
  if (mistakes.length > 0) purgesOf([{ mistakes }], place, HINT);
  const { defaults = {}, alarmEmail, alarmTopicArn } = file as FleetFile;
  const spread = spreadOf(file);
  const readings: Reading[] = readList(
    file.purges as unknown[],
    ['name', ...Object.keys(SHARED_SETTINGS)],
    (name) => ({
      schedule: spreadSchedule(name, spread),
      dashboard: false,
      ...defaults,
    }),
  );
  const regions = readings.flatMap(({ purge }) => {
    const mistake =
      purge &&
      alarmTopicArn &&
      otherPlace({ region: arnParts(alarmTopicArn).region }, clusterPlace(purge.props.clusterArn));
    return mistake ? [`purge "${purge?.props.purgeName}": alarmTopicArn ${mistake}`] : [];
  });
  return {
    name: fleetNameOf(place),
    purges: purgesOf([...readings, { mistakes: regions }], place, HINT),
    recipients: { ...(alarmEmail && { alarmEmail }), ...(alarmTopicArn && { alarmTopicArn }) },
  };
}

/** Reads the fleet from the file that the context key `fleet` names; `undefined` if the key is not set. */
export function fleetOf(context: Values): Fleet | undefined {
  const { fleet, ...others } = ownContext(context);
  if (fleet === undefined) return undefined;
  if (typeof fleet !== 'string') {
    throw new ContextError(`fleet must be the path of a file, got ${shown(fleet)}`);
  }
  const strays = Object.keys(others);
  if (strays.length > 0) {
    const mistakes = strays.map((key) => `${key} is set outside the fleet; move it into ${fleet}`);
    purgesOf([{ mistakes }], 'the context', HINT);
  }
  return readFleet(parse(fleet), fleet);
}
