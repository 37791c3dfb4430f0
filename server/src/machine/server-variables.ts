/** Whether a variable is a setting of the server itself, such as the password of its administrator: no flow gets it. */
export const isOfServer = (name: string): boolean => /^SEMSTREAMS_/i.test(name);
