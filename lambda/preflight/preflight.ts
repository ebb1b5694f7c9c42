import type { Settings } from '../../contract/settings';
import type { Clock } from '../clock';
import type { Control } from '../input/control';
import type { PurgeRequest } from '../input/request';
import type { SkipReason } from '../purge/report';
import { lookForSleep } from './asleep';
import { type LoadWatch, loadWatch } from './load-watch';
import type { MetricReader } from './metric-reader';

/** The collaborators of the preflight. */
export interface PreflightWorld {
  /** CloudWatch where the cluster is. */
  readonly clusterMetrics: MetricReader;
  /** CloudWatch where the function is. */
  readonly ownMetrics: MetricReader;
  readonly clock: Clock;
}

/** Whether a purge should start now. */
export interface Preflight {
  /** Why it should not start; `null` if it should. */
  readonly skip: SkipReason | null;
  /** What the operator should mend, although it does not speak against the purge; `null`: nothing. */
  readonly warning: string | null;
  /** Goes on watching during the purge. */
  readonly watch: LoadWatch;
}

/** What a purge is asked to do, with the values of the control parameter in the settings. */
export interface PurgeInput {
  readonly request: PurgeRequest;
  readonly control: Control;
  readonly settings: Settings;
}

function switchedOff({ settings, control }: PurgeInput): string {
  const note = control.note === null ? '' : `: ${control.note}`;
  return `switched off by the control parameter "${settings.controlParameter}"${note}`;
}

/**
 * Decides whether a purge starts, before the first call to the database. Never throws.
 *
 * A dry run always starts, since it cannot harm the application. Only a routine run leaves a sleeping cluster asleep:
 * whoever sends an event with a field of its own wants an answer.
 */
export async function preflight(input: PurgeInput, world: PreflightWorld): Promise<Preflight> {
  const { request, control, settings } = input;
  const watch = loadWatch(settings, world.clusterMetrics, world.clock);
  const decide = (skip: SkipReason | null, warning: string | null = null): Preflight => ({
    skip,
    warning,
    watch,
  });
  if (request.dryRun) return decide(null);
  if (control.paused) return decide({ stopReason: 'switched-off', reason: switchedOff(input) });
  let warning: string | null = null;
  if (settings.whenPaused === 'skip' && request.isRoutine) {
    const reading = await lookForSleep(settings, world);
    if (reading.leaveAsleep !== null)
      return decide({ stopReason: 'asleep', reason: reading.leaveAsleep });
    warning = reading.warning;
  }
  const load = (await watch.isBusy()) ? watch.tooHigh() : null;
  return decide(load === null ? null : { stopReason: 'database-busy', reason: load }, warning);
}
