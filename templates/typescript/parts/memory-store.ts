export class MemoryStore implements ItemStore {
  readonly #orgs = new Map<string, Map<string, Item>>();

  list(org: string, { limit, offset }: Page): Promise<Item[]> {
    const newestFirst = [...this.#of(org).values()].reverse();
    return Promise.resolve(newestFirst.slice(offset, offset + limit));
  }

  get(org: string, id: string): Promise<Item | undefined> {
    return Promise.resolve(this.#of(org).get(id.toLowerCase()));
  }

  create(org: string, body: ItemCreate): Promise<Item> {
    const now = new Date().toISOString();
    const item: Item = {
      id: randomUUID(),
      name: body.name,
      description: body.description ?? null,
      enabled: body.enabled ?? true,
      created_at: now,
      updated_at: now,
    };
    const items = this.#of(org);
    this.#orgs.set(org, items.set(item.id, item));
    return Promise.resolve(item);
  }

  update(org: string, id: string, body: ItemUpdate): Promise<Item | undefined> {
    return this.#change(org, id, (item) => ({
      name: body.name ?? item.name,
      description:
        body.description === undefined ? item.description : body.description,
      enabled: body.enabled ?? item.enabled,
    }));
  }

  toggle(org: string, id: string): Promise<Item | undefined> {
    return this.#change(org, id, (item) => ({ enabled: !item.enabled }));
  }

  async enableAll(org: string): Promise<number> {
    const disabled = [...this.#of(org).values()].filter(
      (item) => !item.enabled,
    );
    for (const item of disabled) {
      await this.#change(org, item.id, () => ({ enabled: true }));
    }
    return disabled.length;
  }

  delete(org: string, id: string): Promise<boolean> {
    return Promise.resolve(this.#of(org).delete(id.toLowerCase()));
  }

  #of(org: string): Map<string, Item> {
    return this.#orgs.get(org) ?? new Map<string, Item>();
  }

  #change(
    org: string,
    id: string,
    changes: (item: Item) => Partial<Item>,
  ): Promise<Item | undefined> {
    const items = this.#of(org);
    const item = items.get(id.toLowerCase());
    if (item === undefined) {
      return Promise.resolve(undefined);
    }
    const updated_at = new Date().toISOString();
    const changed = { ...item, ...changes(item), updated_at };
    items.set(changed.id, changed);
    return Promise.resolve(changed);
  }
}
