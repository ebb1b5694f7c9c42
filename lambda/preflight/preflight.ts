import type { Settings } from '../../contract/settings';
import type { Clock } from '../clock';
import type { Control } from '../input/control';
import type { PurgeRequest } from '../input/request';
import type { SkipReason } from '../purge/report';
import { lookForSleep } from './asleep';
import { type LoadWatch, loadWatch } from './load-watch';
import type { MetricReader } from './metric-reader';

/** What a run is to know before it asks anything of the database. */
export interface Orders {
  /** With the control parameter's values in place. */
  readonly settings: Settings;
  readonly request: PurgeRequest;
  readonly control: Control;
  /** Sent by the schedule, or by hand as the schedule would. */
  readonly isRoutine: boolean;
}

/** The collaborators of the preflight. */
export interface PreflightWorld {
  /** CloudWatch where the cluster is. */
  readonly clusterMetrics: MetricReader;
  /** CloudWatch where the function is. */
  readonly ownMetrics: MetricReader;
  readonly clock: Clock;
}

/** Whether an event that was accepted asks for no more than the schedule does: the schedule's own, or `{}`. */
export function isRoutine(event: unknown): boolean {
  const fields = Object.keys(event as object);
  return fields.length === 0 || fields.includes('detail-type');
}

/** Whether the database is to be asked at all. */
export interface Preflight {
  /** `null`: nothing speaks against the run. */
  readonly skip: SkipReason | null;
  /** To be read in the report; those that the watch gains later are its own. */
  readonly warnings: readonly string[];
  readonly watch: LoadWatch;
}

function switchedOff({ settings, control }: Orders): string {
  const note = control.note === null ? '' : `: ${control.note}`;
  return `switched off by the control parameter "${settings.controlParameter}"${note}`;
}

/**
 * Decides, before the first call to the database, whether there is to be one. Never throws.
 *
 * A dry run harms nobody and is always done; a request with fields of its own wakes a sleeping cluster.
 */
export async function preflight(orders: Orders, world: PreflightWorld): Promise<Preflight> {
  const { settings, request, control, isRoutine } = orders;
  const watch = loadWatch(settings, world.clusterMetrics, world.clock);
  if (request.dryRun) return { skip: null, warnings: [], watch };
  if (control.paused) {
    const reason = switchedOff(orders);
    return { skip: { stopReason: 'switched-off', reason }, warnings: [reason], watch };
  }
  const warnings: string[] = [];
  if (settings.whenPaused === 'skip' && isRoutine) {
    const { leaveAsleep, warning } = await lookForSleep(settings, world);
    if (leaveAsleep !== null) {
      return { skip: { stopReason: 'asleep', reason: leaveAsleep }, warnings, watch };
    }
    if (warning !== null) warnings.push(warning);
  }
  if (await watch.isBusy()) {
    const [reason = ''] = watch.warnings();
    return { skip: { stopReason: 'database-busy', reason }, warnings, watch };
  }
  return { skip: null, warnings, watch };
}
