import { z } from 'zod';
import { conditionMeanings, costFields, employeeFields } from '../contracts/mapping-conditions.js';
import { conditionsSchema, costFieldSchema, employeeFieldSchema, mappingSchema } from './mapping-schema.js';
import { procurementCategoriesSchema } from './procurement-schema.js';

/** The mapping of a Finance & Operations company: it may know procurement categories, too. */
export const foMappingSchema = mappingSchema.extend({ procurementCategories: procurementCategoriesSchema.optional() });

/** A file that holds the mapping of one ERP company. */
export const mappingFileSchema = foMappingSchema.omit({ file: true }).extend({
  for: z
    .strictObject({ erp: z.string(), company: z.string() })
    .optional()
    .describe('The ERP company that the file is written for; one that is used for another company is refused.'),
});

/** The JSON schema of a mapping file, for editors; `schemas/mapping.schema.json` is its committed copy. */
export function mappingJsonSchema(): unknown {
  return z.toJSONSchema(mappingFileSchema, {
    io: 'input',
    // The parser judges names in sentences; an editor completes them from a list.
    override: ({ zodSchema, jsonSchema }) => {
      const names = namesOf(zodSchema);
      if (names === undefined) return;
      delete jsonSchema.pattern;
      if (zodSchema === conditionsSchema) jsonSchema.propertyNames = { enum: [...names] };
      else jsonSchema.enum = [...names];
    },
  });
}

function namesOf(schema: unknown): readonly string[] | undefined {
  if (schema === costFieldSchema) return costFields;
  if (schema === employeeFieldSchema) return employeeFields;
  return schema === conditionsSchema ? [...Object.keys(conditionMeanings), ...costFields] : undefined;
}
