import { type Help, OptionsError } from './options';
import type { Resources } from './resources';
import { EXIT, runToEnd } from './run-to-end';

/** A command that people run. */
export interface Tool<Options> {
  /** How it is called, to ask for its help: `npm start --`. */
  readonly name: string;
  /** @throws {OptionsError} when the arguments cannot be run */
  read(args: readonly string[]): Options | Help;
  /** Resolves to the exit code. */
  run(options: Options, resources: Resources): Promise<number>;
}

const isHelp = (answer: unknown): answer is Help =>
  typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'help';

/**
 * Does what the arguments ask for. Results go to stdout, mistakes and failures to stderr.
 *
 * @returns the exit code: that of the run, or 2 when the arguments cannot be run
 */
export async function runTool<Options>(
  { name, read, run }: Tool<Options>,
  args: readonly string[],
): Promise<number> {
  try {
    const options = read(args);
    if (!isHelp(options)) return await runToEnd((resources) => run(options, resources));
    process.stdout.write(options.text);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    console.error(`${error.message}\n\n${name} --help lists the options`);
    return EXIT.usage;
  }
}
