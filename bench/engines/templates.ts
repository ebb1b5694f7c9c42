import type { Shape } from '../shapes';

/** Makes a template for each shape when it is first needed, and keeps it. */
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
