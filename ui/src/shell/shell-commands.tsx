import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { BookOpen, Workflow } from 'lucide-react';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import type { Command } from '../commands/commands.ts';
import { useCommands } from '../commands/use-commands.ts';
import { pages } from './pages.ts';
import { themes } from './theme-menu.tsx';

/** Commands that are there on every page. */
export const ShellCommands = () => {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { data: flows } = useQuery(flowsQuery);
  useCommands(
    useMemo(
      (): Command[] => [
        ...pages.map(({ to, title, icon }) => ({
          id: `go ${to}`,
          title,
          group: 'Go to',
          icon,
          run: () => void navigate(to),
        })),
        ...(flows ?? []).map(({ id, name }) => ({
          id: `open ${id}`,
          title: name,
          group: 'Open a flow',
          icon: Workflow,
          keywords: [id, 'open'],
          run: () => void navigate(`/flows/${id}`),
        })),
        ...themes.map(({ value, title, icon }) => ({
          id: `theme ${value}`,
          title: `Theme: ${title}`,
          group: 'Appearance',
          icon,
          keywords: ['colours', 'mode'],
          run: () => setColorScheme(value),
        })),
        {
          id: 'api',
          title: 'API documentation',
          group: 'Help',
          icon: BookOpen,
          keywords: ['rest', 'openapi', 'swagger', 'curl'],
          run: () => void window.open('/api/docs', '_blank', 'noopener'),
        },
      ],
      [navigate, setColorScheme, flows],
    ),
  );
  return null;
};
