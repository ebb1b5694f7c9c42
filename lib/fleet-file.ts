import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { arnParts, clusterPlace, isTopicArn, otherPlace } from '../contract/arn';
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
import { fleetLabelOf, fleetNameOf, memberNames } from './stack-names';

/** Many purges that share one topic and one overview in each account and region. */
export interface Fleet {
  /** What the names of the shared stack and topic begin with. */
  readonly name: string;
  readonly purges: readonly ConfiguredPurge[];
  readonly recipients: AlarmRecipients;
}

const HINT = 'its keys are in docs/fleet.md, and in fleet.schema.json for your editor';

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const got = `fleet must be a file with JSON in it, got ${shown(path)}`;
    if (code === 'ENOENT')
      throw new ContextError(
        `${got}, and there is no ${shown(resolve(path))}; run the command in the directory of the file, or give its path, like "-c fleet=../fleet.json"; docs/fleet.md shows such a file`,
      );
    throw new ContextError(`${got}: ${message.slice(0, 200)}; ${HINT}`);
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

/** The part of the day in which the purges start. A mistake in it is told elsewhere, and counts as not given. */
function spreadOf({ spread }: Values) {
  const { fromHour, hours } = SPREAD_SETTINGS;
  const { values, mistakes } = readValues(isJsonObject(spread) ? spread : {}, SPREAD_SETTINGS);
  return {
    fromHour: fromHour.fallback,
    hours: hours.fallback,
    ...(mistakes.length === 0 && values),
  };
}

/** The purges of the file. A mistake in the defaults is not told again of each purge that takes them. */
function readMembers(file: Values): Reading[] {
  const { purges } = file;
  if (!Array.isArray(purges)) return [];
  const spread = spreadOf(file);
  const defaults = isJsonObject(file.defaults) ? file.defaults : {};
  const wrong = Object.keys(defaults).filter(
    (key) => mistakesWithin('defaults', { [key]: defaults[key] }, SHARED_SETTINGS).length > 0,
  );
  const readings = readList(purges, ['name', ...Object.keys(SHARED_SETTINGS)], (name) => ({
    schedule: spreadSchedule(name, spread),
    dashboard: false,
    ...defaults,
  }));
  return readings.map((reading, index) => {
    const taken = wrong.filter((key) => !Object.hasOwn(Object(purges[index]), key));
    const isNew = (mistake: string) =>
      !taken.some((key) => mistake.startsWith(`${reading.label}: ${key} `));
    return { ...reading, mistakes: reading.mistakes.filter(isNew) };
  });
}

function topicMistakes({ alarmTopicArn }: Values, readings: readonly Reading[]): string[] {
  if (!isTopicArn.holds(alarmTopicArn)) return [];
  const { region } = arnParts(alarmTopicArn as string);
  return readings.flatMap(({ purge, label }) => {
    const mistake = purge && otherPlace({ region }, clusterPlace(purge.props.clusterArn));
    return mistake ? [`${label}: alarmTopicArn ${mistake}`] : [];
  });
}

function memberOf(label: string | undefined, { props }: ConfiguredPurge): ConfiguredPurge {
  const { purgeName, stackId } = memberNames(label, props.purgeName as string);
  return { stackId, props: { ...props, purgeName } };
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
  const label = fleetLabelOf(place);
  const { alarmEmail, alarmTopicArn } = file as AlarmRecipients;
  const readings: Reading[] = [
    { mistakes: [...envelopeMistakes(file), ...listMistakes(file.purges)] },
    ...readMembers(file),
  ];
  const purges = purgesOf([...readings, { mistakes: topicMistakes(file, readings) }], place, HINT);
  return {
    name: fleetNameOf(label),
    purges: purges.map((purge) => memberOf(label, purge)),
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
