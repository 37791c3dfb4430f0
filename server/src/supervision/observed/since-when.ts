/** Since when things are so, by their names; what is so no more is forgotten. */
export class SinceWhen {
  private readonly known = new Map<string, Date>();

  /** All that is so at this moment. */
  note(names: readonly string[]): ReadonlyMap<string, Date> {
    for (const name of this.known.keys()) if (!names.includes(name)) this.known.delete(name);
    for (const name of names) if (!this.known.has(name)) this.known.set(name, new Date());
    return this.known;
  }
}
