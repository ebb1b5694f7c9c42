const MOST_CHARACTERS = 200;

/** A value as a message shows it: as JSON, cut where it is long; never fails, however deep the value is nested. */
export function shown(value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    return 'a value nested too deeply to show';
  }
  if (json === undefined) return 'nothing';
  return json.length <= MOST_CHARACTERS ? json : `${json.slice(0, MOST_CHARACTERS)}...`;
}
