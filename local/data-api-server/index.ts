export type { Answer, Fault, FaultyAnswer } from './faults';
export {
  type Call,
  type DataApiServer,
  type DataApiServerOptions,
  startDataApiServer,
} from './server';
export type { Cluster } from './service';
