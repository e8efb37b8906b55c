import { ExternalLink } from 'lucide-react';
import { HiddenText } from './hidden-text';

/** A link that came from outside: it names its host, and tells the other side nothing about us. */
export function ForeignLink({ href }: { href: string }) {
  const url = URL.canParse(href) ? new URL(href) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return <HiddenText text={href} />;
  return (
    <a
      href={url.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      referrerPolicy="no-referrer"
      className="foreign inline-flex min-h-6 items-center gap-1 underline underline-offset-2"
      title={url.href}
    >
      {url.host}
      <ExternalLink aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">(opens in a new tab)</span>
    </a>
  );
}
