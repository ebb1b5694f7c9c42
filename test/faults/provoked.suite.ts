import type { Engine } from '../support/engines';
import { FAST_CLOCK } from '../support/fast-clock';
import { type PurgeBed, purgeBed } from '../support/purge-bed';
import { SESSION_KEY } from './failures';

/** Something in a real database that keeps expired rows from going, and what an operator reads of it. */
export interface Provocation {
  readonly what: string;
  /** Put it in the way, as the superuser. */
  statements(bed: PurgeBed): readonly string[];
  /** What the server says, up to its code. */
  readonly says: RegExp;
  /** The end of the error's message. */
  readonly remedy: string;
}

const ROWS = [
  { sessionKey: SESSION_KEY, expireDate: '2020-07-11T19:20:40Z' },
  { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
];

/** What the server says is told with its remedy, and quotes no session. */
export function describeProvoked(engine: Engine, provocations: readonly Provocation[]): void {
  const bed = purgeBed(engine);

  it.each(provocations)('has a remedy: $what', async ({ statements, says, remedy }) => {
    await bed.insert(ROWS);
    for (const statement of statements(bed)) await bed.query(statement);

    const { error, output, log } = await bed.purge(FAST_CLOCK);

    const message = error?.errorMessage ?? '';
    expect(message).toMatch(says);
    expect(message).toContain(remedy);
    expect(log.at(-1)).toMatchObject({
      level: 'ERROR',
      error: { failure: { remedy: expect.stringContaining(remedy) } },
    });
    expect(await bed.left()).toEqual({ live: 1, expired: 1 });
    expect([...output, message].join('\n')).not.toContain(SESSION_KEY);
  });
}
