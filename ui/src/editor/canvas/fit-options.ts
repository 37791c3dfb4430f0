/** How the whole flow is brought into sight: with some air around it, and never larger than life. */
export const fitOptions = { padding: 0.1, maxZoom: 1 } as const;
