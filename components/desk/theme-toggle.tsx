'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useSyncExternalStore } from 'react';
import { Button } from '@/components/ui/button';

const next = { light: 'dark', dark: 'system', system: 'light' } as const;
const icons = { light: Sun, dark: Moon, system: Monitor };
const words = { light: 'light', dark: 'dark', system: 'as the system' };
const never = () => () => {};

/** Light, dark, or as the system says; the server can't know which. */
export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const now = inBrowser && (theme === 'light' || theme === 'dark') ? theme : 'system';
  const Icon = icons[now];
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={`Colours: ${words[now]}. Switch to ${words[next[now]]}`}
      title={`Colours: ${words[now]}`}
      onClick={() => setTheme(next[now])}
    >
      <Icon aria-hidden />
    </Button>
  );
}
