import {
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Names for Mantine's `color`; what they look like stands in tokens.css, for light and dark. */
const accent: MantineColorsTuple = [
  '#d9f0ee',
  '#b9e2de',
  '#93d1cb',
  '#66bdb5',
  '#36a79f',
  '#1d8f88',
  '#0b6e6b',
  '#095c5a',
  '#074a48',
  '#053836',
];
const bad: MantineColorsTuple = [
  '#fbe4e2',
  '#f6cbc7',
  '#efa7a1',
  '#e67d75',
  '#dc564c',
  '#ca382e',
  '#b3261e',
  '#971f18',
  '#7b1913',
  '#5f130f',
];

/** Text on a filled control takes the theme's own contrast colour; everything else is Mantine's choice. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  return input.variant === 'filled' ? { ...resolved, color: 'var(--accent-ink)' } : resolved;
};

export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent, bad },
  variantColorResolver,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Button: { defaultProps: { size: 'xs' } },
    Menu: { defaultProps: { shadow: 'lg', radius: 'md', withinPortal: true } },
    Modal: {
      defaultProps: { radius: 'md', shadow: 'xl', centered: true, closeButtonProps: { 'aria-label': 'Close' } },
    },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } },
  },
});
