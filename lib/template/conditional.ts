import { conditionOf, type Json, OTHERWISE } from './conditions';
import { PARAMETER_NAMES } from './parameter-groups';

type JsonObject = { readonly [key: string]: Json };

/** Resources or outputs by their ids. */
export type Section = Readonly<Record<string, JsonObject>>;

const NO_VALUE: Json = { Ref: 'AWS::NoValue' };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const either = (condition: string, value: Json, otherwise: Json): Json => ({
  'Fn::If': [condition, value, otherwise],
});

/** The resource that a value refers to, if it is one that is not there wherever `condition` holds. */
function optionalResource(value: Json, condition: string | undefined) {
  if (!isObject(value)) return undefined;
  const { Ref, 'Fn::GetAtt': attribute } = value;
  const id = Array.isArray(attribute) ? attribute[0] : Ref;
  if (typeof id !== 'string' || PARAMETER_NAMES.includes(id)) return undefined;
  const itsCondition = conditionOf(id);
  if (itsCondition === undefined || itsCondition === condition) return undefined;
  return { id, itsCondition, otherwise: OTHERWISE[id] };
}

/** A statement of a policy that does not always hold, with its condition; `undefined` for another one. */
function optionalStatement(statement: JsonObject): Json | undefined {
  const { Action, Resource } = statement;
  if (Action === 'cloudwatch:GetMetricData') return either('ReadsMetrics', statement, NO_VALUE);
  const branches = isObject(Resource) ? Resource['Fn::If'] : undefined;
  const [condition, resource, otherwise] = Array.isArray(branches) ? branches : [];
  if (JSON.stringify(otherwise) !== JSON.stringify(NO_VALUE)) return undefined;
  return either(condition, { ...statement, Resource: resource }, NO_VALUE);
}

/** What is between two texts of a JSON list. */
const BETWEEN_TEXTS = '","';

/** The parts of a text. A resource that stands in a JSON list, and may not be there, is left out of the list. */
function settledParts(parts: readonly Json[], condition: string | undefined): Json[] {
  const joined: Json[] = [];
  for (const part of parts) {
    const optional = optionalResource(part, condition);
    if (optional && optional.otherwise === undefined && joined.at(-1) === BETWEEN_TEXTS) {
      joined.pop();
      joined.push(either(optional.itsCondition, { 'Fn::Join': ['', [BETWEEN_TEXTS, part]] }, ''));
    } else joined.push(settled(part, condition));
  }
  return joined;
}

/** The value in an entry under a condition. With each resource that may not be there is what stands for it then. */
function settled(value: Json, condition: string | undefined): Json {
  if (Array.isArray(value)) return value.map((each) => settled(each, condition));
  if (!isObject(value)) return value;
  const optional = optionalResource(value, condition);
  if (optional !== undefined) {
    const { id, itsCondition, otherwise } = optional;
    if (otherwise !== undefined) return either(itsCondition, value, otherwise);
    throw new Error(`${id} may not be there, and nothing stands for it`);
  }
  const join = value['Fn::Join'];
  if (Array.isArray(join)) return { 'Fn::Join': [join[0], settledParts(join[1], condition)] };
  const entries = Object.entries(value).map(([key, each]) => [key, settled(each, condition)]);
  const whole = Object.fromEntries(entries);
  return ('Effect' in whole ? optionalStatement(whole) : undefined) ?? whole;
}

/**
 * What an entry depends on. CloudFormation does not take `DependsOn` for a resource that may not be there, but a reference
 * in the metadata has the same effect.
 */
function dependencies(dependsOn: readonly string[], condition: string | undefined) {
  const isSure = (id: string) => [undefined, condition].includes(conditionOf(id));
  const sure = dependsOn.filter(isSure);
  const optional = dependsOn
    .filter((id) => !isSure(id))
    .map((id) => either(String(conditionOf(id)), { Ref: id }, NO_VALUE));
  return {
    ...(sure.length > 0 && { DependsOn: sure }),
    ...(optional.length > 0 && { Metadata: { DependsOn: optional } }),
  };
}

function settledEntry(id: string, entry: JsonObject): JsonObject {
  // The CDK's metadata say from which construct an entry is.
  const { Metadata: _, DependsOn = [], ...others } = entry;
  const condition = conditionOf(id);
  return {
    ...(condition && { Condition: condition }),
    ...(settled(others, condition) as JsonObject),
    ...dependencies([DependsOn].flat() as string[], condition),
  };
}

/**
 * The resources or the outputs of the stack, each under its condition, and with an `Fn::If` around each reference to one
 * that may not be there.
 */
export function conditional(section: Section): Section {
  return Object.fromEntries(
    Object.entries(section).map(([id, entry]) => [id, settledEntry(id, entry)]),
  );
}
