import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, Outlet, ScrollRestoration, useLocation, useMatches } from 'react-router';
import { AccountMenu } from '../access/account-menu.tsx';
import { systemQuery } from '../api/system.ts';
import { CommandPalette } from '../commands/command-palette.tsx';
import { Announcer } from './announcer.tsx';
import { ConnectionChip } from './connection-chip.tsx';
import { pages } from './pages.ts';
import { ProblemBell } from './problem-bell.tsx';
import { ShellCommands } from './shell-commands.tsx';
import { ThemeMenu } from './theme-menu.tsx';
import styles from './shell.module.css';

/** What a route may say about what stands around it: `rail` leaves all the room to the page. */
export interface PageHandle {
  readonly layout: 'rail';
}

/** What stands around every page: navigation, state of the connection, problems, theme, and the command palette. */
export const Shell = () => {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const handle = useMatches().at(-1)?.handle as PageHandle | undefined;
  useHotkeys([['mod+K', () => setPaletteOpen((isOpen) => !isOpen)]], []);
  return (
    <div className={styles['shell']} data-layout={handle?.layout ?? 'full'}>
      <SkipLink />
      <header className={styles['header']}>
        <Brand />
        <div className={styles['tools']}>
          <SearchButton onOpen={() => setPaletteOpen(true)} />
          <ConnectionChip />
          <ProblemBell />
          <ThemeMenu />
          <AccountMenu />
        </div>
      </header>
      <Navigation />
      <Main />
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
      <ShellCommands />
      <Announcer />
      <ScrollRestoration />
    </div>
  );
};

const focusMain = (): void => document.getElementById('main')?.focus({ preventScroll: true });

const SkipLink = () => (
  <a
    className={styles['skip']}
    href="#main"
    onClick={(event) => {
      event.preventDefault();
      focusMain();
    }}
  >
    Skip to the content
  </a>
);

const Brand = () => {
  const { data: system } = useQuery(systemQuery);
  return (
    <div className={styles['brand']}>
      <Link to="/" aria-label="SemStreams, to the list of flows">
        <img src="/icon.svg" width={24} height={24} alt="" />
        <span className={styles['wordmark']}>SemStreams</span>
      </Link>
      {system ? <span className={styles['instance']}>{system.name}</span> : null}
    </div>
  );
};

const SearchButton = ({ onOpen }: { onOpen: () => void }) => (
  <button className={styles['search']} type="button" onClick={onOpen} aria-keyshortcuts="Control+K" aria-label="Search">
    <Search size={15} aria-hidden />
    <span className={styles['wide']}>Search</span>
    <kbd className={styles['wide']}>Ctrl K</kbd>
  </button>
);

const Navigation = () => {
  const { pathname } = useLocation();
  return (
    <nav className={styles['nav']} aria-label="Pages">
      {pages.map(({ to, title, icon: Icon, isOpen }) => (
        <Link key={to} to={to} aria-current={isOpen(pathname) ? 'page' : undefined}>
          <Icon size={17} aria-hidden />
          <span>{title}</span>
        </Link>
      ))}
    </nav>
  );
};

/** Takes the focus when another page is opened, as a loaded page would; not on the first one. */
const Main = () => {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) focusMain();
    shown.current = pathname;
  }, [pathname]);
  return (
    <main className={styles['main']} id="main" tabIndex={-1}>
      <Outlet />
    </main>
  );
};
