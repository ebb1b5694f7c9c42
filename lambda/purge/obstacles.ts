import type { TableReport } from '../../contract/report';
import { fitting } from '../../contract/text';
import { type SessionPurgeError, TableError } from '../errors';
import type { Run } from './run';

/** The message of an error is logged three times: in the log's line, in its stack, and by Lambda itself. */
const PROBLEMS_BYTES = 6000;

/** Records what is in the way of a table. The first obstacle of a table is its problem. */
export function addObstacle(
  report: TableReport,
  error: SessionPurgeError,
  { obstacles }: Pick<Run, 'obstacles'>,
): void {
  if (report.problem !== undefined) return;
  report.problem = error.message;
  obstacles.push(error);
}

/** The error that a run ends with: the one obstacle, or one that lists them all; `null`: none was in the way. */
export function errorOf(obstacles: readonly SessionPurgeError[]): SessionPurgeError | null {
  const [first = null, ...others] = obstacles;
  if (others.length === 0) return first;
  const problems = obstacles.map(({ message }) => message);
  const told = fitting(problems, PROBLEMS_BYTES);
  const more = problems.length - told.length;
  const end = more === 0 ? '' : `; and ${more} more, which the report has as far as it has room`;
  return new TableError(
    `${obstacles.length} tables were not purged, or not wholly: ${told.join('; ')}${end}`,
  );
}
