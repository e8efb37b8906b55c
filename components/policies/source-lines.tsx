import { Fragment } from 'react';

/** A policy's text with line numbers; keys, numbers, sources and comments are coloured for the eye only. */
export function SourceLines({ source, label }: { source: string; label: string }) {
  const lines = source.replace(/\n$/, '').split('\n');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto py-3 font-mono text-code">
      <table className="border-collapse">
        <tbody>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their number
            <tr key={index} id={`line-${index + 1}`} className="target:bg-amber-bg">
              <td className="w-12 min-w-12 pr-4 text-right align-top text-ink-3 select-none">{index + 1}</td>
              <td className="pr-6 whitespace-pre">
                <SourceLine line={line} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const parts =
  /(?<comment>(?<=^|\s)#.*$)|(?<key>[\w.*-]+(?=\s*:(?:\s|$)))|(?<source>\b(?:group|user):[\w@.-]+|\$\w+)|(?<number>(?<=[\s:[,{])-?\d[\d.]*[smhd%]?(?=$|[\s,\]}]))|(?<quoted>"[^"]*"|'[^']*')/g;

const looks: Record<string, string> = {
  comment: 'text-ink-3',
  key: 'text-accent-ink',
  source: 'text-emerald-ink',
  number: 'text-amber-ink',
  quoted: 'text-emerald-ink',
};

function SourceLine({ line }: { line: string }) {
  const pieces: { text: string; look?: string }[] = [];
  let from = 0;
  for (const match of line.matchAll(parts)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    pieces.push({ text: line.slice(from, match.index) }, { text: match[0], look: kind && looks[kind] });
    from = match.index + match[0].length;
  }
  pieces.push({ text: line.slice(from) });
  return pieces.map(({ text, look }, index) => {
    const key = `${index}`;
    return look ? (
      <span key={key} className={look}>
        {text}
      </span>
    ) : (
      <Fragment key={key}>{text}</Fragment>
    );
  });
}
