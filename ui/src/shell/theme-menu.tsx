import { ActionIcon, Menu, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { Monitor, Moon, Sun } from 'lucide-react';

export const themes = [
  { value: 'auto', title: 'Like the system', icon: Monitor },
  { value: 'light', title: 'Light', icon: Sun },
  { value: 'dark', title: 'Dark', icon: Moon },
] as const;

export const ThemeMenu = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { title, icon: Icon } = themes.find(({ value }) => value === colorScheme) ?? themes[0];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="lg" aria-label={`Theme: ${title}`} title={`Theme: ${title}`}>
          <Icon size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label="Theme">
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {themes.map(({ value, title: name, icon: Choice }) => (
            <Menu.RadioItem key={value} value={value} rightSection={<Choice size={15} aria-hidden />}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
};
