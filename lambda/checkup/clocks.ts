import type { Finding } from '../../contract/report';
import { CLOCK_REMEDY, clockTrouble, type Times } from '../purge/clocks';
import { failing, ok } from './findings';

/** Whether the database's clock and the function's agree. A run is refused for it in the same words. */
export function clocksFinding(times: Times): Finding {
  const trouble = clockTrouble(times);
  return trouble === null
    ? ok('clocks', "the database's and the function's agree")
    : failing('clocks', trouble, CLOCK_REMEDY);
}
