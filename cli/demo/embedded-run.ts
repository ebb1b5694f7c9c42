import { styleText } from 'node:util';
import type { Resources } from '../terminal/resources';
import type { Screen } from '../terminal/screen';
import { showBacklog } from './backlog';
import { showClassicExample } from './classic-example';
import { setUpDemo } from './demo-setup';
import { type DrainDefinition, showDrain } from './drain';
import type { EmbeddedOptions } from './options';

/** Shows what the function does on made-up sessions, in a PostgreSQL that is removed afterwards. */
export async function runEmbedded(
  { rows, drain }: EmbeddedOptions,
  resources: Resources,
  screen: Screen,
  drainDefinition: DrainDefinition,
): Promise<void> {
  screen.line(
    'Purges made-up sessions in a PostgreSQL of its own; nothing outside this machine is touched.',
  );
  screen.status('starting PostgreSQL ...');
  const setup = await setUpDemo(resources, screen);
  screen.line(
    styleText(
      'dim',
      `${setup.server}, behind a local Data API; the function is role ${setup.role}`,
    ),
  );
  const show = async () => {
    if (drain) return await showDrain(setup, screen, rows, drainDefinition);
    await showClassicExample(setup, screen);
    await showBacklog(setup, screen, rows);
  };
  await Promise.race([show(), setup.lost]);
  screen.status('stopping PostgreSQL ...');
  await resources.release();
  screen.line();
  screen.line('PostgreSQL and its data are removed.');
}
