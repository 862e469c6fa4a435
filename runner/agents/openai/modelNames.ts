// Finds the row of a table that stands for a model, by the longest name that the model's name begins with.

/**
 * The row with the longest key that `model` begins with; null where none does.
 * A vendor in front, as in `vendor/model`, is left aside. `fits` judges what follows the key.
 */
export function findByPrefix<Row>(
  table: Readonly<Record<string, Row>>,
  model: string,
  fits: (rest: string) => boolean = () => true,
): Row | null {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const keys = Object.keys(table).filter((key) => name.startsWith(key) && fits(name.slice(key.length)));
  const longest = keys.reduce((best, key) => (key.length > best.length ? key : best), '');
  return table[longest] ?? null;
}
