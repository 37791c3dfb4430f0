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

/** Where Mantine reaches into its own greys in the dark, it finds ours: text, lines, then surfaces. */
const dark: MantineColorsTuple = [
  '#e7edf3',
  '#a9b6c3',
  '#8f9dac',
  '#6c7a89',
  '#3a4754',
  '#27313c',
  '#10161c',
  '#151b22',
  '#0e1318',
  '#0a0e12',
];
const gray: MantineColorsTuple = [
  '#f4f6f8',
  '#eef1f4',
  '#e9edf1',
  '#dfe4ea',
  '#c3ccd6',
  '#8592a0',
  '#5d6b7a',
  '#4c5a69',
  '#2b3744',
  '#17202b',
];

/** Text on a filled control takes the theme's own contrast colour; everything else is Mantine's choice. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  return input.variant === 'filled' ? { ...resolved, color: 'var(--accent-ink)' } : resolved;
};

export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent, bad, dark, gray },
  variantColorResolver,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Button: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Menu: { defaultProps: { shadow: 'lg', radius: 'md', withinPortal: true, returnFocus: true } },
    Modal: {
      defaultProps: { radius: 'md', shadow: 'xl', centered: true, closeButtonProps: { 'aria-label': 'Close' } },
    },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } },
  },
});
