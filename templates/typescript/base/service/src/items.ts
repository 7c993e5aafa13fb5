import * as Type from "typebox";

import { nullable, Timestamp, Uuid } from "./schemas.ts";

// PostgreSQL cannot store the character NUL in text, so it is refused at the door.
const noNul = "^[^\\u0000]*$";

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: noNul });
const Description = Type.String({ maxLength: 10_000, pattern: noNul });

/** An item of one organisation, and a row of the terminal panel. */
export const Item = Type.Object({
  id: Uuid,
  name: Type.String(),
  description: nullable(Type.String()),
  enabled: Type.Boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Item = Type.Static<typeof Item>;

/** The body that creates an item. */
export const ItemCreate = Type.Object({
  name: Name,
  description: Type.Optional(nullable(Description)),
  enabled: Type.Optional(Type.Boolean({ default: true })),
});
export type ItemCreate = Type.Static<typeof ItemCreate>;

/** The body that changes an item: what it does not name stays as it is. */
export const ItemUpdate = Type.Object({
  name: Type.Optional(nullable(Name)),
  description: Type.Optional(nullable(Description)),
  enabled: Type.Optional(nullable(Type.Boolean())),
});
export type ItemUpdate = Type.Static<typeof ItemUpdate>;

/** Which part of a list is asked for. */
export interface Page {
  limit: number;
  offset: number;
}

/** Where items are kept. Each method sees those of one organisation only. */
export interface ItemStore {
  /** Items, newest first. */
  list(org: string, page: Page): Promise<Item[]>;
  /** The item, or undefined where the organisation has none of that id. */
  get(org: string, id: string): Promise<Item | undefined>;
  create(org: string, body: ItemCreate): Promise<Item>;
  /** Changes what the body names. */
  update(org: string, id: string, body: ItemUpdate): Promise<Item | undefined>;
  /** Enables or disables the item. */
  toggle(org: string, id: string): Promise<Item | undefined>;
  /** Enables every item and returns how many were not. */
  enableAll(org: string): Promise<number>;
  /** Deletes the item and returns whether there was one. */
  delete(org: string, id: string): Promise<boolean>;
}
