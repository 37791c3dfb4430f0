import { NavLink, Outlet } from 'react-router';
import styles from './shell.module.css';

const pages = [
  { to: '/', title: 'Flows' },
  { to: '/dashboard', title: 'Dashboard' },
  { to: '/settings', title: 'Settings' },
] as const;

/** What stands around every page. */
export const Shell = () => (
  <div className={styles['shell']}>
    <header className={styles['header']}>SemStreams</header>
    <nav className={styles['nav']} aria-label="Pages">
      {pages.map(({ to, title }) => (
        <NavLink key={to} to={to} end={to === '/'}>
          {title}
        </NavLink>
      ))}
    </nav>
    <main className={styles['main']}>
      <Outlet />
    </main>
  </div>
);
