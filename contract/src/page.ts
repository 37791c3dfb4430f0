import { z } from 'zod';

/** What leads on from one page of a list to the next one. */
export const nextPage = z.string().optional().meta({
  description: 'Send it as `after`, with the same `sort`, for what follows; absent where nothing does.',
});

/** A page of a list: all lists are asked and answered alike. */
export const pageOf = <Item extends z.ZodType>(item: Item, id: string) =>
  z
    .strictObject({
      items: z.array(item),
      total: z.int().meta({ description: 'How many there are that were asked for, on all pages together.' }),
      next: nextPage,
    })
    .meta({ id });
