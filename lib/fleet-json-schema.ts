import type { Setting, SettingTable } from '../contract/setting-kinds';
import { SETTINGS } from '../contract/settings';
import { FLEET_SETTINGS, MOST_PURGES, SHARED_SETTINGS, SPREAD_SETTINGS } from './fleet-schema';

/** A schema of JSON Schema, draft 7. */
type JsonSchema = Readonly<Record<string, unknown>>;

const described = (schema: JsonSchema, meaning: string): JsonSchema => ({
  ...schema,
  description: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}`,
});

function typeOf(choices: readonly unknown[]): JsonSchema {
  const types = new Set(choices.map((choice) => typeof choice));
  if (types.size === 1 && types.has('boolean')) return { type: 'boolean' };
  return types.size === 1 && types.has('string')
    ? { enum: choices, type: 'string' }
    : { enum: choices };
}

function schemaOf(setting: Setting): JsonSchema {
  switch (setting.kind) {
    case 'text':
      return { type: 'string' };
    case 'number': {
      const { min: minimum, max: maximum, whole } = setting;
      return { type: whole ? 'integer' : 'number', minimum, maximum };
    }
    case 'choice':
      return typeOf(setting.choices);
    case 'tables':
      return { type: 'array', items: { type: 'string' }, minItems: 1 };
  }
}

function propertiesOf(table: SettingTable): JsonSchema {
  return Object.fromEntries(
    Object.entries(table).map(([key, setting]) => [
      key,
      described(schemaOf(setting), setting.meaning),
    ]),
  );
}

const object = (properties: JsonSchema, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** The JSON Schema of a fleet's file, made from the settings that the app reads it with. */
export function fleetJsonSchema(): JsonSchema {
  const name = { ...SETTINGS.name, meaning: 'its name, unlike any other of the fleet' };
  const spread = object(propertiesOf(SPREAD_SETTINGS));
  const defaults = object(propertiesOf(SHARED_SETTINGS));
  const purges = {
    type: 'array',
    items: object(propertiesOf({ name, ...SHARED_SETTINGS }), ['name']),
    minItems: 1,
    maxItems: MOST_PURGES,
  };
  const properties = {
    ...propertiesOf(FLEET_SETTINGS),
    spread: described(spread, 'the part of the day in which purges without a schedule start'),
    defaults: described(defaults, 'what holds for each purge that does not say otherwise'),
    purges: described(purges, 'the purges, each with a stack of its own'),
  };
  return { ...object(properties, ['purges']), $schema: 'http://json-schema.org/draft-07/schema#' };
}
