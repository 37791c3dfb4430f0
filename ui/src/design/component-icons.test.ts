import { expect, it } from 'vitest';
import { iconsInUse } from '../../build/icons-of-types.ts';
import { componentIcons } from './component-icons.ts';

it('knows the icon of every component type', () => {
  const icons = iconsInUse();
  expect(icons.length).toBeGreaterThan(5);
  expect(icons.filter((icon) => componentIcons[icon] === undefined)).toEqual([]);
});
