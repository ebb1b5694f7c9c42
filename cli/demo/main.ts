import type { Resources } from '../terminal/resources';
import { EXIT, runToEnd } from '../terminal/run-to-end';
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
    return await runToEnd(async (resources) => {
      await run(options, resources, screen);
      return EXIT.done;
    });
  } catch (error) {
    if (error instanceof OptionsError) return refuse(error);
    throw error;
  }
}
