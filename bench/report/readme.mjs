export const writeReadme = () => undefined;
