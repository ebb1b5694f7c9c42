import type { EngineName } from '../entry';
import type { Sample } from './latency';

/** The first message to the application's process. Any later message ends the application. */
export interface Plan {
  readonly engine: EngineName;
  readonly login: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  readonly operationsPerSecond: number;
}

/** A message from the application's process: it has started, or it has ended. */
export type Message =
  | { readonly kind: 'working' }
  | {
      readonly kind: 'done';
      readonly samples: readonly Sample[];
      /** How many operations the database refused. The samples include them. */
      readonly errors: number;
    };
