import { verdictOf } from '../../contract/report';
import { OptionsError } from '../demo/options';
import { EXIT, runToEnd } from '../terminal/run-to-end';
import { screenOn } from '../terminal/screen';
import { listed } from '../terminal/tables';
import { examine } from './examination';
import { findingsText } from './findings-text';
import { type DoctorOptions, OPTIONS, readDoctorOptions } from './options';

function helpText(): string {
  const options = Object.entries(OPTIONS).map(
    ([name, option]) =>
      ['value' in option ? `--${name} ${option.value}` : `--${name}`, option.help] as const,
  );
  return [
    'Looks at all that a purge of a database requires, and deletes nothing:',
    '',
    listed([
      ['npm run doctor -- --cluster-arn ... --secret-arn ... --database shop', 'a cluster'],
      ['npm run doctor -- --database-url postgres://user:secret@host/shop', 'another database'],
    ]),
    '',
    'Options:',
    '',
    listed(options),
    '',
    'It ends with 0 when nothing fails, with 1 when something does, with 2 when an option is wrong.',
  ].join('\n');
}

function refuse({ mistakes }: OptionsError): number {
  for (const mistake of mistakes) console.error(mistake);
  console.error('\nnpm run doctor -- --help lists the options');
  return EXIT.usage;
}

/** What a file or a pipe gets. */
const COLUMNS_WITHOUT_TERMINAL = 120;

function run(options: DoctorOptions): Promise<number> {
  const screen = screenOn(process.stdout);
  return runToEnd(async (resources) => {
    const findings = await examine(options, resources, screen);
    const verdict = verdictOf(findings);
    const columns = process.stdout.columns ?? COLUMNS_WITHOUT_TERMINAL;
    screen.line(findingsText(findings, verdict, columns));
    return verdict === 'failing' ? EXIT.failed : EXIT.done;
  });
}

/**
 * Does what the arguments ask for; answers with the exit code: 0 without a failing requirement, else 1, or 2 for a
 * command line that is not understood.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readDoctorOptions(args);
    if (options !== null) return await run(options);
    console.log(helpText());
    return EXIT.done;
  } catch (error) {
    if (error instanceof OptionsError) return refuse(error);
    throw error;
  }
}
