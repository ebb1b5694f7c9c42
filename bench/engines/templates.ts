import type { Shape } from '../shapes';

/** Tables with all their rows, each made when it is first asked for. */
export function templates<T>(
  make: (shape: Shape, number: number) => Promise<T>,
): (shape: Shape) => Promise<T> {
  const made = new Map<string, T>();
  return async (shape) => {
    const key = `${shape.label} ${shape.order}`;
    const template = made.get(key) ?? (await make(shape, made.size));
    made.set(key, template);
    return template;
  };
}
