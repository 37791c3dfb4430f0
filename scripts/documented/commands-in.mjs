/** Languages of fences in which commands stand; in those of data nothing is run. */
const ofCommands = ['bash', 'sh', 'cron'];
const ofData = ['json', 'ini', 'ts', 'js', 'text'];

/**
 * The commands of a page, in the order in which they stand there, each with the number of its line. Lines that go on
 * (behind `\` or `|`) are one command; a comment behind two spaces or more is left out.
 */
export const commandsIn = (markdown) => {
  const commands = [];
  let language;
  let open;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (fence !== null) {
      language = language === undefined ? fence[1] : undefined;
      if (language !== undefined && !ofCommands.includes(language) && !ofData.includes(language))
        throw new Error(
          `line ${index + 1}: say behind \`\`\` what this is, one of ${[...ofCommands, ...ofData].join(', ')}`,
        );
      continue;
    }
    if (!ofCommands.includes(language)) continue;
    const text = line.replace(/(^|\s{2,})#.*$/, '').trim();
    if (text === '') continue;
    const goesOn = /(\\|\|)$/.test(text);
    const part = text.replace(/\s*\\$/, '');
    if (open === undefined) commands.push((open = { line: index + 1, command: part }));
    else open.command += ` ${part}`;
    if (!goesOn) open = undefined;
  }
  return commands;
};
