import { runTool } from '../terminal/command';
import type { Resources } from '../terminal/resources';
import { EXIT } from '../terminal/run-to-end';
import { screenOn } from '../terminal/screen';
import type { DrainDefinition } from './drain';
import { runEmbedded } from './embedded-run';
import { type DemoOptions, readDemoOptions } from './options';
import { runOnTarget } from './target-run';

/** Runs `npm start` with these arguments; resolves to its exit code. */
export function main(args: readonly string[], drainDefinition: DrainDefinition): Promise<number> {
  async function run(options: DemoOptions, resources: Resources): Promise<number> {
    const screen = screenOn(process.stdout);
    if (options.kind === 'embedded') await runEmbedded(options, resources, screen, drainDefinition);
    else await runOnTarget(options, resources, screen);
    return EXIT.done;
  }
  return runTool({ name: 'npm start --', read: readDemoOptions, run }, args);
}
