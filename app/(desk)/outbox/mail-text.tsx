import { Fragment } from 'react';
import { HiddenText } from '@/components/requests/hidden-text';

// A line that is nothing but an address was put there by our own template; addresses inside sentences stay text.
const address = /^\s*(https?:\/\/\S+)\s*$/;

/** The text of a mail; its links can be followed, as in a mail program. */
export function MailText({ text }: { text: string }) {
  return (
    <p className="text-control whitespace-pre-wrap">
      {text.split('\n').map((line, index) => {
        const [, href] = address.exec(line) ?? [];
        const key = `${index}`;
        return (
          <Fragment key={key}>
            {href ? (
              <a
                href={href}
                rel="noreferrer"
                className="foreign text-accent-ink underline underline-offset-2"
              >
                {href}
              </a>
            ) : (
              <HiddenText text={line} />
            )}
            {'\n'}
          </Fragment>
        );
      })}
    </p>
  );
}
