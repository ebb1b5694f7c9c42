import { EXIT } from '../terminal/exit-codes';
import type { Resources } from '../terminal/resources';
import { runToEnd } from '../terminal/run-to-end';
import { type Screen, screenOn } from '../terminal/screen';
import { runEmbedded } from './embedded-run';
import { helpText } from './help';
import { type Options, OptionsError, readOptions } from './options';
import { runOnCluster, runOnDatabase } from './target-run';

function run(options: Options, resources: Resources, screen: Screen): Promise<void> {
  switch (options.kind) {
    case 'embedded':
      return runEmbedded(options, resources, screen);
    case 'database':
      return runOnDatabase(options, resources, screen);
    case 'cluster':
      return runOnCluster(options, resources, screen);
    case 'help':
      return Promise.resolve(screen.line(helpText()));
  }
}

function refuse({ mistakes }: OptionsError): number {
  for (const mistake of mistakes) console.error(mistake);
  console.error('\nnpm start -- --help lists the options');
  return EXIT.usage;
}

/**
 * Does what the arguments ask for, and answers with the exit code once nothing is left of it.
 *
 * Writes to stdout what it shows, to stderr what went wrong.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    const screen = screenOn(process.stdout);
    return await runToEnd((resources) => run(options, resources, screen));
  } catch (error) {
    if (error instanceof OptionsError) return refuse(error);
    throw error;
  }
}
