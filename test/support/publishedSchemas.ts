// The JSON Schemas that are published for others, made from the schemas that the programs use: `npm run schemas` writes them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { z } from 'zod';
import { envelopeSchema } from '../../shared/evidence/envelope.ts';
import { statementSchema } from '../../shared/evidence/statement.ts';
import { configSchema } from '../../shared/spec/parseConfig.ts';
import { projectRoot } from '../layers/testFiles.ts';

interface PublishedSchema {
  /** Relative to the project's root. */
  readonly path: string;
  readonly title: string;
  readonly schema: z.ZodType;
}

const published: readonly PublishedSchema[] = [
  {
    path: 'extension/config.schema.json',
    title: 'Nightjar: how a project is set up and checked (.nightjar/config.yaml)',
    schema: configSchema,
  },
  {
    path: 'docs/evidence.schema.json',
    title: 'Nightjar: the evidence of a result, an in-toto statement',
    schema: statementSchema,
  },
  {
    path: 'docs/envelope.schema.json',
    title: 'Nightjar: the envelope of evidence (DSSE), one a line in a note',
    schema: envelopeSchema,
  },
];

/** Each file with the text that it has to have. */
export async function publishedSchemas(): Promise<
  readonly { readonly path: string; readonly text: string }[]
> {
  return Promise.all(
    published.map(async ({ path, title, schema }) => {
      // As it is written: a later version may add fields.
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
      const text = JSON.stringify({ $schema, title, ...rest });
      return { path, text: await format(text, { parser: 'json', printWidth: 110 }) };
    }),
  );
}

if (import.meta.main) {
  for (const { path, text } of await publishedSchemas()) await writeFile(join(projectRoot, path), text);
}
