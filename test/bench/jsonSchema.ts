import type { FieldType } from '../../server/src/kinds/fieldTypes.ts';

/** A field table as JSON Schema, so that a server which knows schemas alone has the same to do. */
export function jsonSchema(type: FieldType): Record<string, unknown> {
  switch (type.is) {
    case 'object':
      return {
        type: 'object',
        additionalProperties: type.open === true,
        properties: Object.fromEntries(
          Object.entries(type.fields).map(([name, field]) => [name, { ...jsonSchema(field.type), description: field.doc }]),
        ),
        required: Object.entries(type.fields).flatMap(([name, field]) => (field.required === true ? [name] : [])),
      };
    case 'list':
      return { type: 'array', items: jsonSchema(type.of) };
    case 'map':
      return { type: 'object', additionalProperties: jsonSchema(type.of) };
    case 'intOrString':
      return { type: ['integer', 'string'] };
    case 'any':
      return {};
    default:
      return { type: type.is, ...(type.values ? { enum: Object.keys(type.values) } : {}) };
  }
}
