/** What a component says whose port somebody else has. */
export const portTaken = (port: number): string => `port ${port} is used by another program`;
