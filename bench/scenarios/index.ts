import type { ScenarioName } from '../entry';
import { application } from './application';
import { ofTheFunction } from './function';
import { growth } from './growth';
import { latency } from './latency';
import type { Scenario } from './scenario';
import { shuffled } from './shuffled';
import { snapshot } from './snapshot';
import { manyTables } from './tables';
import { throughput } from './throughput';

/** All scenarios by name. */
export const SCENARIO: Readonly<Record<ScenarioName, Scenario>> = {
  throughput,
  snapshot,
  shuffled,
  latency,
  growth,
  application,
  function: ofTheFunction,
  tables: manyTables,
};
