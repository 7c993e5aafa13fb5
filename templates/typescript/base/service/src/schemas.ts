import * as Type from "typebox";

/** In lower and upper case; ajv's own format also takes "urn:uuid:". */
export const uuidPattern =
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const Uuid = Type.String({ format: "uuid" });
export const Timestamp = Type.String({ format: "date-time" });

/** A schema that takes null as well. */
export function nullable<T extends Type.TSchema & { type: string }>(schema: T) {
  return Type.Unsafe<Type.Static<T> | null>({
    ...schema,
    type: [schema.type, "null"],
  });
}

/** The body of every error. */
export const Problem = Type.Object({ detail: Type.String() });

const OptionalText = nullable(Type.String());

/** A device of the inventory, as sdk.ts gives it. */
export const Device = Type.Object({
  id: Type.String(),
  name: Type.String(),
  hostname: Type.String(),
  device_type: Type.String(),
  org_id: OptionalText,
  port: nullable(Type.Integer()),
  manufacturer: OptionalText,
  model: OptionalText,
  platform: OptionalText,
  site: OptionalText,
  source: OptionalText,
  default_credential_id: OptionalText,
  created_at: OptionalText,
  updated_at: OptionalText,
});
