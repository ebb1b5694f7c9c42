import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { fleetSchema } from './fleet-schema';

/** The JSON Schema of a fleet's file, generated from the schema that the app reads it with. */
export function fleetJsonSchema(): JsonSchema {
  return toJsonSchema(fleetSchema, {
    typeMode: 'input',
    ignoreActions: ['raw_check', 'check'],
    overrideSchema: ({ jsonSchema }) =>
      jsonSchema.type === 'object' ? { ...jsonSchema, additionalProperties: false } : null,
    // Says what JSON has in place of the text that the command line may have.
    overrideAction: ({ valibotAction, jsonSchema: { description } }) => {
      if (!('metadata' in valibotAction)) return null;
      const { jsonSchema } = valibotAction.metadata as { readonly jsonSchema: JsonSchema };
      return { ...jsonSchema, ...(description !== undefined && { description }) };
    },
  });
}
