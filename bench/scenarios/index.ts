import type { ScenarioName } from '../options';
import { application } from './application';
import { ofTheFunction } from './function';
import { growth } from './growth';
import { latency } from './latency';
import type { Scenario } from './scenario';
import { shuffled } from './shuffled';
import { snapshot } from './snapshot';
import { throughput } from './throughput';

/** All that is measured, by the names that the command line has for it. */
export const SCENARIO: Readonly<Record<ScenarioName, Scenario>> = {
  throughput,
  snapshot,
  shuffled,
  latency,
  growth,
  application,
  function: ofTheFunction,
};
