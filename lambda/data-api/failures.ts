import { DATABASE_FAILURES } from './database-failures';
import type { FailureRow } from './failure';
import { SERVICE_FAILURES } from './service-failures';

/** What each error means. Of the rows with `says`, the first that applies counts. */
export const FAILURES: readonly FailureRow[] = [...SERVICE_FAILURES, ...DATABASE_FAILURES];
