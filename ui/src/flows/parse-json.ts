/** Where in a text something stands, counted from 1 as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A text that is no JSON, with the place where it stops being it. */
export class JsonMistake extends Error {
  override readonly name = 'JsonMistake';

  constructor(
    message: string,
    readonly place: TextPlace,
  ) {
    super(message);
  }
}

/** A value of JSON, and the line on which each of its parts stands, by paths such as `components[1].config`. */
export interface PlacedJson {
  readonly value: unknown;
  /** The line of the place, or of the nearest part around it that is written in the text. */
  readonly lineOf: (place: string) => number;
}

/** Deeper than any document of ours; a text that goes deeper is an attack on the stack. */
const deepest = 200;

/** Reads JSON like `JSON.parse`, but says in words what is wrong and where, and remembers where everything stood. */
export const parseJson = (text: string): PlacedJson => {
  const lines = new Map<string, number>();
  let at = 0;

  let [line, countedTo] = [1, 0];
  const presentLine = (): number => {
    for (; countedTo < at; countedTo += 1) if (text[countedTo] === '\n') line += 1;
    return line;
  };
  const placeAt = (index: number): TextPlace => {
    const before = text.slice(0, index);
    return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
  };
  const mistake = (sentence: string, index = at): JsonMistake => new JsonMistake(sentence, placeAt(index));
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const skip = (): void => void take(/[ \t\n\r]*/y);

  const readValue = (path: string, depth: number): unknown => {
    skip();
    lines.set(path, presentLine());
    if (depth > deepest) throw mistake('this is nested too deeply');
    switch (text[at]) {
      case '{':
        return readObject(path, depth);
      case '[':
        return readArray(path, depth);
      case '"':
        return readText();
      default:
        return readScalar();
    }
  };

  const readObject = (path: string, depth: number): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    at += 1;
    skip();
    if (take(/\}/y)) return {};
    for (;;) {
      skip();
      const lineOfKey = presentLine();
      if (text[at] !== '"')
        throw mistake(
          text[at] === '}' ? 'there is a comma too many before "}"' : 'a name in double quotes must stand here',
        );
      const key = readText();
      const inner = path === '' ? key : `${path}.${key}`;
      skip();
      if (!take(/:/y)) throw mistake(`a ":" is missing after "${key}"`);
      entries.push([key, readValue(inner, depth + 1)]);
      lines.set(inner, lineOfKey);
      skip();
      if (take(/\}/y)) return Object.fromEntries(entries);
      if (!take(/,/y))
        throw mistake(at >= text.length ? 'the text ends before its last "}"' : 'a "," or "}" is missing here');
    }
  };

  const readArray = (path: string, depth: number): unknown[] => {
    const values: unknown[] = [];
    at += 1;
    skip();
    if (take(/\]/y)) return values;
    for (;;) {
      skip();
      if (text[at] === ']') throw mistake('there is a comma too many before "]"');
      values.push(readValue(`${path}[${values.length}]`, depth + 1));
      skip();
      if (take(/\]/y)) return values;
      if (!take(/,/y))
        throw mistake(at >= text.length ? 'the text ends before its last "]"' : 'a "," or "]" is missing here');
    }
  };

  const readText = (): string => {
    const start = at;
    const found = take(/"(?:[^"\\\n\r]|\\.)*"/y);
    if (found === undefined) throw mistake('a text that begins here has no end on its line', start);
    try {
      return JSON.parse(found) as string;
    } catch {
      throw mistake('this text holds a character or a "\\" that JSON does not allow', start);
    }
  };

  const readScalar = (): unknown => {
    const start = at;
    const found = take(/-?\d[\d.eE+-]*|[A-Za-z_$][\w$]*/y);
    if (found !== undefined)
      try {
        return JSON.parse(found) as unknown;
      } catch {
        throw mistake(`"${found}" is neither a number, true, false nor null; a text needs double quotes`, start);
      }
    if (at >= text.length) throw mistake('the text ends where a value must stand');
    throw mistake(
      text[at] === "'" ? 'JSON wants double quotes instead of single ones' : `"${text[at]}" cannot stand here`,
    );
  };

  at = text.startsWith('\ufeff') ? 1 : 0;
  const value = readValue('', 0);
  skip();
  if (at < text.length) throw mistake('the document has ended before this');
  return { value, lineOf: (place) => lineIn(lines, place) };
};

const lineIn = (lines: ReadonlyMap<string, number>, place: string): number => {
  for (let path = place; path !== ''; path = path.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]+)$/, '')) {
    const line = lines.get(path);
    if (line !== undefined) return line;
  }
  return lines.get('') ?? 1;
};
