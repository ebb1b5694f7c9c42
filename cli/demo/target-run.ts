import { styleText } from 'node:util';
import { countOf, formatCount } from '../terminal/format';
import { PurgeFailure, startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';
import { placeOf, targetEnvironment } from '../terminal/target-environment';
import type { TargetOptions } from './options';
import { outcomeText, summaryText } from './target-outcome';

/** Invokes the function once, and shows what it logs meanwhile. */
async function invoke(
  env: Readonly<Record<string, string>>,
  { deletes, maxRows }: Pick<TargetOptions, 'deletes' | 'maxRows'>,
  resources: Resources,
  screen: Screen,
): Promise<void> {
  const limit = maxRows === null ? {} : { maxRows };
  const status = deletes ? 'purging' : 'counting';
  const purgeFunction = await startPurgeFunction(resources, env, {
    onWarning: (text) => {
      warning(screen, text);
      screen.status(`   ${status} ...`);
    },
    onProgress: ({ rowsDeleted, rowsPerSecond }) =>
      screen.status(
        `   ${countOf(rowsDeleted, 'row')} deleted, ${formatCount(rowsPerSecond)} a second ...`,
      ),
  });
  screen.status(`   ${status} ...`);
  try {
    screen.line(outcomeText(await purgeFunction.purge(deletes ? limit : { dryRun: true })));
  } catch (failure) {
    screen.status('');
    if (failure instanceof PurgeFailure && failure.report !== undefined)
      screen.line(summaryText(failure.report));
    throw failure;
  }
}

/** Runs the function on a database of the user's own. */
export async function runOnTarget(
  options: TargetOptions,
  resources: Resources,
  screen: Screen,
): Promise<void> {
  const { target, deletes, environment } = options;
  const what = styleText('bold', deletes ? 'Purge' : 'Dry run');
  screen.line(`${what} of ${placeOf(target)}${deletes ? '' : '; nothing is deleted'}`);
  const access = await targetEnvironment(target, resources, screen);
  await invoke({ ...access, ...environment }, options, resources, screen);
}
