// What is shown of a value says everything about it: a number that is text looks different from a number.

import type { JsonValue } from '@/lib/kernel/json/json-value';

/** A JSON value in one line of text; `raw` is its exact JSON where the text is a nicer form of it. */
export function showValue(value: JsonValue, currency?: string): { text: string; raw?: string } {
  if (typeof value === 'number') return showNumber(value, currency);
  if (typeof value === 'string') return { text: looksLikeOther(value) ? JSON.stringify(value) : value };
  if (value === null) return { text: 'null' };
  return { text: typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value) };
}

/** “€5,940.00” for a payload whose own `amount` and `currency` say so, else null. */
export function amountOf(payload: JsonValue): string | null {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null;
  if (!Object.hasOwn(payload, 'amount') || !Object.hasOwn(payload, 'currency')) return null;
  const { amount, currency } = payload;
  if (typeof amount !== 'number' || typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return null;
  return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 20 }).format(
    amount,
  );
}

function showNumber(value: number, currency?: string): { text: string; raw?: string } {
  const raw = JSON.stringify(value);
  if (/e/i.test(raw)) return { text: currency ? `${raw} ${currency}` : raw };
  if (!currency) return { text: raw };
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 20 };
  return { text: `${new Intl.NumberFormat('en', digits).format(value)} ${currency}`, raw };
}

function looksLikeOther(text: string): boolean {
  return (
    text === '' || text !== text.trim() || /^(null|true|false|[-+]?[\d.,]+(e[-+]?\d+)?|[[{].*)$/is.test(text)
  );
}
