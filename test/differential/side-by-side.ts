import type { SessionTable } from '../../local/django-table';
import { type DeployedFunction, deploy } from '../support/deployed-function';
import { type DjangoSite, startDjango } from '../support/django';
import type { DjangoDatabase, DjangoEngine, DjangoTestDatabase } from '../support/django-engines';

/** Two databases with the same sessions. */
export interface Databases {
  readonly engine: DjangoEngine;
  /** Django purges this one. Its table was created by Django's migration. */
  readonly djangos: DjangoTestDatabase;
  /** The function purges this one. */
  readonly ours: DjangoTestDatabase;
}

/** Creates the databases before the tests of a file, and drops them afterwards. */
export function useDatabases(engine: DjangoEngine): () => Databases {
  let databases: Databases;
  beforeAll(async () => {
    const djangos = await engine.createDatabase();
    databases = { engine, djangos, ours: await engine.createDatabase() };
    await djangos.query('DROP TABLE django_session');
    const django = startDjango({ databases: { djangos: djangos.settings() } });
    await django.migrate('djangos').finally(django.stop);
  });
  afterAll(async () => {
    await databases.djangos.close();
    await databases.ours.close();
  });
  return () => databases;
}

/** The same table in both databases. */
export interface Twin {
  /** The site's names of the two databases. */
  readonly names: readonly [djangos: string, ours: string];
  readonly tables: readonly [djangos: SessionTable, ours: SessionTable];
}

const DJANGO_SESSION: Twin = { names: ['djangos', 'ours'], tables: [{}, {}] };

/** Settings for both Django and the function. */
export interface Settings {
  readonly useTz?: boolean;
  readonly timeZone?: string;
  /** The function's setting for its tables. */
  readonly tables?: string;
  /** More databases for Django, by the names in the twins. */
  readonly databases?: Readonly<Record<string, DjangoDatabase>>;
  /** More settings for Django. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A Django site, and the function. */
export interface SideBySide extends Databases {
  readonly django: DjangoSite;
  readonly purge: DeployedFunction;
  close(): Promise<void>;
}

/** Small, so that a few rows take many batches. */
const MAX_BATCH_SIZE = '10';

export function setUpAlike(databases: Databases, settings: Settings = {}): SideBySide {
  const { engine, djangos, ours } = databases;
  const { useTz = true, timeZone = 'UTC', tables = 'django_session', more = {} } = settings;
  const django = startDjango({
    databases: { djangos: djangos.settings(), ours: ours.settings(), ...settings.databases },
    useTz,
    timeZone,
    more,
  });
  const purge = deploy({
    env: {
      ...ours.environment,
      SESSION_PURGE_TABLES: tables,
      SESSION_PURGE_MAX_BATCH_SIZE: MAX_BATCH_SIZE,
      ...(!engine.hasZones && !useTz && { SESSION_PURGE_TIME_ZONE: timeZone }),
    },
  });
  return {
    ...databases,
    django,
    purge,
    close: async () => {
      await Promise.all([django.stop(), purge.stop()]);
    },
  };
}

/** A key and the time at which the session expires. */
export type Session = readonly [key: string, time: string];

/** The rows that are left on each side. */
export interface Left {
  readonly byDjango: readonly string[];
  readonly byUs: readonly string[];
}

/** Puts the same sessions into each twin, purges both sides with one cutoff, and returns what is left. */
export async function purgeBoth(
  { django, purge, djangos, ours }: SideBySide,
  sessions: readonly Session[],
  cutoff: string,
  twins: readonly Twin[] = [DJANGO_SESSION],
): Promise<Left> {
  const look = async (): Promise<Left> => ({
    byDjango: (await Promise.all(twins.map(({ tables }) => djangos.rows(tables[0])))).flat(),
    byUs: (await Promise.all(twins.map(({ tables }) => ours.rows(tables[1])))).flat(),
  });
  for (const name of twins.flatMap(({ names }) => names)) await django.replace(name, sessions);
  const before = await look();
  expect(before.byUs).toEqual(before.byDjango);
  expect(before.byUs).toHaveLength(sessions.length * twins.length);

  for (const { names } of twins) await django.clearsessions(names[0], cutoff);
  const { error } = await purge.invoke({ cutoff });

  expect(error).toBeUndefined();
  return look();
}

/** The keys of rows. */
export const keysOf = (rows: readonly string[]): string[] =>
  rows.map((row) => row.split(' ')[0] ?? '');
