import { Template } from 'aws-cdk-lib/assertions';
import { stackWith } from '../template/synthesized';
import { dashboardOf } from '../template/widgets';

/** CloudWatch finds no more fields in a line of JSON. */
const MOST_FIELDS = 200;

type Fields = ReadonlyMap<string, unknown>;

/** Each plain value by its path, as a query names it: `report.tables.0.table`. */
function pathsIn(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]));
}

/** The fields that a query finds in a line of the log. */
export function fieldsIn(line: string): Fields {
  return new Map([...pathsIn(JSON.parse(line)).slice(0, MOST_FIELDS), ['@message', line]]);
}

/** The queries of the dashboard, by the titles of their widgets. */
export function dashboardQueries(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    dashboardOf(Template.fromStack(stackWith())).flatMap(({ properties: { title, query } }) =>
      title === undefined || query === undefined ? [] : [[title, query]],
    ),
  );
}

function holds(condition: string, fields: Fields): boolean {
  const [, present] = /^ispresent\((\S+)\)$/.exec(condition) ?? [];
  if (present !== undefined) return fields.has(present);
  const [, equal = '', text] = /^(\S+) = "(.*)"$/.exec(condition) ?? [];
  if (text !== undefined) return fields.get(equal) === text;
  const [, like = '', pattern] = /^(\S+) like \/(.*)\/$/.exec(condition) ?? [];
  if (pattern === undefined)
    throw new Error(`a condition that this test does not know: ${condition}`);
  return new RegExp(pattern).test(String(fields.get(like)));
}

function columnOf(text: string, fields: Fields): [string, unknown] {
  const [of = '', name = of] = text.split(' as ');
  const names = /^coalesce\((.*)\)$/.exec(of)?.[1]?.split(', ') ?? [of];
  return [name, fields.get(names.find((each) => fields.has(each)) ?? '')];
}

/** What a query of the dashboard shows of a line of the log; `undefined` if it leaves it out. */
export function rowOf(query: string, line: string): Readonly<Record<string, unknown>> | undefined {
  const fields = fieldsIn(line);
  const commands = query.split(/\s+\| /).slice(1);
  const given = (command: string) =>
    commands.flatMap((text) => (text.startsWith(command) ? [text.slice(command.length)] : []));
  const isShown = given('filter ').every((conditions) =>
    conditions.split(' or ').some((condition) => holds(condition, fields)),
  );
  if (!isShown) return undefined;
  const columns = given('fields ').flatMap((list) => list.split(/, (?![^(]*\))/));
  return Object.fromEntries(columns.map((text) => columnOf(text, fields)));
}
