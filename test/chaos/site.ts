import type { DataApiServerOptions } from '../../local/data-api-server/index';
import type { Engine } from '../support/engines';

/** A database that is filled again and again. */
export interface Site {
  /** Fills the table anew: so many that expired two days ago, and ten that live. */
  fill(expired: number): Promise<void>;
  /** The keys in the table, in their order. */
  keys(): Promise<string[]>;
  /** What a function needs in its environment to reach the database. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export type OnCall = NonNullable<DataApiServerOptions['onCall']>;

export const LIVE = Array.from({ length: 10 }, (_, at) => `live-${at}`);

const DAY_MS = 86_400_000;

/** A site on an engine; `onCall` is asked for each call of the function. */
export async function siteOn(engine: Engine, onCall: OnCall): Promise<Site> {
  const db = await engine.createDatabase({ onCall });
  return {
    environment: db.environment,
    close: db.close,
    async fill(expired) {
      await db.query('TRUNCATE TABLE django_session');
      const nowMs = Date.now();
      const old = Array.from({ length: expired }, (_, at) => ({
        sessionKey: `old-${at}`,
        expireDate: new Date(nowMs - 2 * DAY_MS - (at % 97) * 1000),
      }));
      const live = LIVE.map((sessionKey) => ({ sessionKey, expireDate: new Date(nowMs + DAY_MS) }));
      await db.insert([...old, ...live]);
    },
    keys: async () => (await db.query('SELECT session_key FROM django_session')).flat().sort(),
  };
}
