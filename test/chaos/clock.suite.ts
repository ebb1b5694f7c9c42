import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { deploy, type Invoked } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { LIVE, type Site, siteOn } from './site';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** AWS takes no request that was signed longer ago, or further ahead. */
const MAX_SKEW_MS = 300_000;

function skewOf({ headers }: IncomingMessage): number {
  const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? [];
  const parts = `${day}${time}`.match(/^(....)(..)(..)(..)(..)(..)$/) ?? [];
  const [, year, month, date, hours, minutes, seconds] = parts;
  return Math.abs(
    Date.parse(`${year}-${month}-${date}T${hours}:${minutes}:${seconds}Z`) - Date.now(),
  );
}

/** A server in front of the local service that checks the times of signatures, as AWS does. */
async function checkingSignatureTimes(endpoint: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    if (skewOf(incoming) > MAX_SKEW_MS) {
      incoming.resume();
      response.writeHead(403, { 'x-amzn-errortype': 'InvalidSignatureException' });
      response.end(JSON.stringify({ message: 'Signature expired' }));
      return;
    }
    const { method, headers, url = '/' } = incoming;
    const onwards = request(`${endpoint}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onwards);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What becomes of a run whose clock is not the database's. */
export function describeClock(engine: Engine): void {
  let site: Site;
  let front: Server;

  beforeAll(async () => {
    site = await siteOn(engine, () => undefined);
    front = await checkingSignatureTimes(String(site.environment.AWS_ENDPOINT_URL_RDS_DATA));
  });

  afterAll(async () => {
    front.closeAllConnections();
    front.close();
    await site.close();
  });

  /** Invokes a function whose clock is off. */
  async function invoke(shiftMs: number, event?: unknown): Promise<Invoked> {
    const { port } = front.address() as AddressInfo;
    const run = deploy({
      env: {
        ...site.environment,
        AWS_ENDPOINT_URL_RDS_DATA: `http://127.0.0.1:${port}`,
        NODE_OPTIONS: `--require ${join(__dirname, 'shifted-clock.cjs')}`,
        SHIFT_MS: String(shiftMs),
      },
    });
    const invoked = await run.invoke(event).finally(run.stop);
    const loggedAtMs = Date.parse(String(invoked.log.at(-1)?.timestamp));
    expect((loggedAtMs - Date.now()) / DAY_MS).toBeCloseTo(shiftMs / DAY_MS, 1);
    return invoked;
  }

  describe("the function's own clock", () => {
    it.each([
      ['right', 0, 0],
      ['nine minutes slow', -9 * MINUTE_MS, 1],
      ['nine minutes fast', 9 * MINUTE_MS, 1],
    ])('may be %s: the same rows go, and the same stay', async (_how, shiftMs, retries) => {
      await site.fill(300);

      const { report } = await invoke(shiftMs);

      const cutoffMs = Date.parse(report?.cutoff ?? '');
      expect((Date.now() - cutoffMs) / 3_600_000).toBeCloseTo(1, 1);
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 300, retries });
      expect(await site.keys()).toEqual(LIVE);
    });

    describe.each([
      ['slow', -DAY_MS],
      ['fast', DAY_MS],
    ])('a day %s', (_how, shiftMs) => {
      it('refuses the run with both times, and nothing goes', async () => {
        await site.fill(300);

        const { error } = await invoke(shiftMs);

        const [, database = '', own = ''] =
          /database's clock says (\S+) and the function's (\S+), more than 10 minutes apart; nothing/.exec(
            error?.errorMessage ?? '',
          ) ?? [];
        expect((Date.parse(database) - Date.now()) / DAY_MS).toBeCloseTo(0, 1);
        expect((Date.parse(own) - Date.now()) / DAY_MS).toBeCloseTo(shiftMs / DAY_MS, 1);
        expect(await site.keys()).toHaveLength(300 + LIVE.length);
      });

      it('makes a dry run warn', async () => {
        await site.fill(300);

        const { report } = await invoke(shiftMs, { dryRun: true });

        expect(report).toMatchObject({
          tables: [{ rowsExpired: 300 }],
          warnings: [expect.stringMatching(/10 minutes apart; a purge would be refused/)],
        });
      });

      it('is failing in the check-up', async () => {
        const { report } = await invoke(shiftMs, { check: true });

        expect(report).toMatchObject({
          findings: expect.arrayContaining([
            expect.objectContaining({ requirement: 'clocks', state: 'failing' }),
          ]),
        });
      });

      it('does not matter to an event with a cutoff of its own', async () => {
        await site.fill(300);

        const { report } = await invoke(shiftMs, { cutoff: new Date().toISOString() });

        expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 300 });
      });
    });
  });
}
