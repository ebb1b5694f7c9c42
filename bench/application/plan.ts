import type { EngineName } from '../options';
import type { Sample } from './latency';

/** What the application's process is told first; any message after it ends the application. */
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

/** What the application's process tells: that it works, and in the end how it went. */
export type Told =
  | { readonly kind: 'working' }
  | {
      readonly kind: 'done';
      readonly samples: readonly Sample[];
      /** Operations that the database refused; they are among the samples. */
      readonly errors: number;
    };
