import { styleText } from 'node:util';
import type { Resources } from '../terminal/resources';
import type { Screen } from '../terminal/screen';
import { showBacklog } from './backlog';
import { showClassicExample } from './classic-example';
import { setStage } from './demo-setup';
import type { EmbeddedOptions } from './options';

/** Shows on sessions made up for it what the function does, in a PostgreSQL that is gone afterwards. */
export async function runEmbedded(
  { rows }: EmbeddedOptions,
  resources: Resources,
  screen: Screen,
): Promise<void> {
  screen.line(
    'Purges sessions made up for it, in a PostgreSQL of its own; nothing outside this machine is touched.',
  );
  screen.status('starting PostgreSQL ...');
  const stage = await setStage(resources, screen);
  screen.line(
    styleText(
      'dim',
      `${stage.server}, behind a local Data API; the function is role ${stage.role}`,
    ),
  );
  const show = async () => {
    await showClassicExample(stage, screen);
    await showBacklog(stage, screen, rows);
  };
  await Promise.race([show(), stage.lost]);
  screen.status('stopping PostgreSQL ...');
  await resources.release();
  screen.line();
  screen.line('PostgreSQL and all that it held are gone again.');
}
