import type { Message } from '../enqueue-message';

/** The mail with a sign-in link: text and HTML say the same, nothing is fetched from anywhere. */
export function signInMail(recipient: string, url: string, minutes: number): Message {
  const lines = [
    'Someone asked to sign in to Countersign with this address.',
    `Open this link within ${minutes} minutes and press “Sign in”:`,
    url,
    'If it was not you, do nothing: the link alone signs nobody in.',
  ];
  const [first, second, link = '', last] = lines;
  return {
    recipient,
    subject: 'Sign in to Countersign',
    text: lines.join('\n\n'),
    html: `<p>${first}</p><p>${second}</p><p><a href="${escapeHtml(link)}">Sign in to Countersign</a></p><p>${last}</p>`,
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
