import { verdictOf } from '../../contract/report';
import { runTool } from '../terminal/command';
import type { Resources } from '../terminal/resources';
import { EXIT } from '../terminal/run-to-end';
import { screenOn } from '../terminal/screen';
import { examine } from './examination';
import { findingsText } from './findings-text';
import { type DoctorOptions, readDoctorOptions } from './options';

/** The width for a file or a pipe. */
const COLUMNS_WITHOUT_TERMINAL = 120;

async function run(options: DoctorOptions, resources: Resources): Promise<number> {
  const screen = screenOn(process.stdout);
  const findings = await examine(options, resources, screen);
  const verdict = verdictOf(findings);
  const columns = process.stdout.columns ?? COLUMNS_WITHOUT_TERMINAL;
  screen.line(findingsText(findings, verdict, columns));
  return verdict === 'failing' ? EXIT.failed : EXIT.done;
}

/** Runs `npm run doctor` with these arguments; resolves to its exit code, which is 1 when a requirement fails. */
export const main = (args: readonly string[]): Promise<number> =>
  runTool({ name: 'npm run doctor --', read: readDoctorOptions, run }, args);
