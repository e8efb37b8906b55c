import { useId } from 'react';

/** The mark: a signature over its line. */
export function Logo({ size = 24 }: { size?: number }) {
  const id = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" className="[stop-color:var(--accent)]" />
          <stop offset="1" className="[stop-color:var(--accent-ink)]" />
        </linearGradient>
      </defs>
      <rect width="24" height="24" rx="6.5" fill={`url(#${id})`} />
      <g fill="none" className="stroke-on-accent" strokeLinecap="round" strokeLinejoin="round">
        <path
          strokeWidth="1.7"
          d="M6 14.4c2.7-.5 6.1-3.6 6.1-6.6 0-1.3-.6-2-1.3-2-1 0-1.6 1.2-1.6 3.1 0 2.9.9 5.3 2.1 5.3 1 0 1.2-1.9 2.2-1.9.9 0 .7 1.7 1.8 1.7.6 0 1.2-.3 2.1-.9"
        />
        <path strokeWidth="1.5" strokeOpacity=".75" d="M6.2 18h11.6" />
      </g>
    </svg>
  );
}
